"""How texts are cut into words, beside jieba and rjieba as they come, and how fast.

    python benchmarks/segmentation.py --data DATA

``DATA/segmentation/icwb2``: test sets and gold of the SIGHAN 2005 bakeoff (PKU, MSR). They are
news and books with word borders of their own; the dictionary decides the level, so this is no
contest but a regression: the project's words must not make general text worse. The score is
F1 over words with their places.

The second table is the work of indexing, on the texts of both sets: every dictionary word at
every place, then all terms with their positions.
"""

from __future__ import annotations

import argparse
import logging
import statistics
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import jieba
import rjieba

from analyzers.segment import LONG, default_segmenter
from analyzers.terms import term_positions

SETS = ("pku", "msr")
ROUNDS = 3

Cut = Callable[[str], Iterable[str]]


def spans(words: Iterable[str]) -> set[tuple[int, int]]:
    """The places of words in their text without white space."""
    found = set()
    start = 0
    for word in words:
        length = len("".join(word.split()))
        if length:
            found.add((start, start + length))
            start += length
    return found


def f1(cut: Cut, lines: list[str], gold: list[str]) -> float:
    """F1 over the words of all lines, against the gold's."""
    right = ours = theirs = 0
    for line, words in zip(lines, gold, strict=True):
        found, wanted = spans(cut(line)), spans(words.split())
        right += len(found & wanted)
        ours += len(found)
        theirs += len(wanted)
    return 2 * right / (ours + theirs)


def speeds(works: dict[str, Callable[[str], object]], lines: list[str]) -> dict[str, float]:
    """Characters of a second of CPU time, the medians of rounds in turn."""
    characters = sum(map(len, lines))
    measured: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            began = time.process_time()
            for line in lines:
                work(line)
            measured[name].append(characters / (time.process_time() - began))
    return {name: statistics.median(rounds) for name, rounds in measured.items()}


def cutters() -> dict[str, Cut]:
    """What cuts a text into its most probable words."""
    ours = default_segmenter()
    return {
        "ours (jieba without HMM, own words)": ours.cut,
        "jieba without HMM": lambda text: jieba.lcut(text, HMM=False),
        "jieba": jieba.lcut,
        "rjieba without HMM": lambda text: rjieba.cut(text, hmm=False),
        "rjieba": rjieba.cut,
    }


def finders() -> dict[str, Callable[[str], object]]:
    """What finds all words of a text."""
    ours = default_segmenter()
    return {
        f"ours (rjieba, words of {LONG} and more characters, with places)": lambda text: list(
            ours.long_words(text)
        ),
        "jieba, full mode": lambda text: jieba.lcut(text, cut_all=True),
        "rjieba, full mode": rjieba.cut_all,
        "ours, all terms with positions": lambda text: term_positions(text, ours),
    }


def table(head: str, rows: Iterable[tuple[str, ...]]) -> str:
    """Rows under a head, as Markdown."""
    columns = head.count("|") - 1
    return "\n".join([head, "|---" * columns + "|", *(f"| {' | '.join(row)} |" for row in rows)])


def main(folder: Path) -> None:
    """Print both tables."""
    jieba.setLogLevel(logging.WARNING)
    texts: dict[str, list[str]] = {}
    gold: dict[str, list[str]] = {}
    for name in SETS:
        texts[name] = (folder / f"testing/{name}_test.utf8").read_text("utf-8").splitlines()
        gold[name] = (folder / f"gold/{name}_test_gold.utf8").read_text("utf-8").splitlines()
    lines = [line for name in SETS for line in texts[name]]
    ways = cutters()
    scores = {way: [f1(cut, texts[name], gold[name]) for name in SETS] for way, cut in ways.items()}
    million = 1_000_000
    fast = speeds(dict(ways), lines)
    print(f"{len(lines):,} lines, {sum(map(len, lines)):,} characters")
    print()
    rows = [
        (way, *(f"{score:.4f}" for score in scores[way]), f"{fast[way] / million:.2f}")
        for way in ways
    ]
    print(table("| words | F1 PKU | F1 MSR | million characters/s |", rows))
    print()
    found = speeds(finders(), lines)
    jiebas = found["jieba, full mode"]
    rows = [(way, f"{s / million:.2f}", f"{s / jiebas:.1f}") for way, s in found.items()]
    print(table("| all words | million characters/s | times jieba's full mode |", rows))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with segmentation/icwb2")
    main(parser.parse_args().data / "segmentation/icwb2")
