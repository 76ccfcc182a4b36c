"""Text found in real office files, beside other readers: ``--data DIR`` with DIR/office.

For every file the Chinese characters found by this project, and in the same run by extractous
(Tika), antiword and python-docx where they are installed; for .ofd the share of the strings of
``ofd_text.jsonl`` that are found. Strings are its runs without white space; text is compared
without white space. A line each, then how many files reach the bar: 99 % of the best reader's
characters, 98 % of the strings.
"""

from __future__ import annotations

import argparse
import html
import itertools
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from indexer.extract.files import FileText, read_file
from indexer.extract.filetype import by_content

LEAST_OF_BEST = 0.99
LEAST_OF_STRINGS = 0.98
FORMATS = ("doc", "docx", "xls", "xlsx", "ppt", "pptx", "pdf", "wps", "et", "rtf", "ofd", "zip")
Peer = Callable[[Path], str]


def chinese(text: str) -> int:
    """The number of Chinese characters."""
    return sum("\u4e00" <= character <= "\u9fff" for character in text)


def squeezed(text: str) -> str:
    """Without white space."""
    return "".join(text.split())


def antiword(path: Path) -> str:
    """The text by antiword, .doc only."""
    if path.suffix not in (".doc", ".wps"):
        return ""
    command = ["antiword", "-m", "UTF-8.txt", "-w", "0", str(path)]
    return subprocess.run(command, capture_output=True).stdout.decode("utf-8", "replace")


def python_docx(path: Path) -> str:
    """The text by python-docx, paragraphs and cells of .docx only."""
    import docx

    if path.suffix != ".docx":
        return ""
    document = docx.Document(str(path))
    pieces = [paragraph.text for paragraph in document.paragraphs]
    pieces += [c.text for t in document.tables for row in t.rows for c in row.cells]
    return "\n".join(pieces)


def peers() -> dict[str, Peer]:
    """The readers that are installed here."""
    found: dict[str, Peer] = {}
    try:
        from extractous import Extractor

        extractor = Extractor().set_extract_string_max_length(50_000_000)
        found["extractous"] = lambda path: str(extractor.extract_file_to_string(str(path))[0])
    except ImportError:
        print("extractous is not installed", file=sys.stderr)
    if shutil.which("antiword"):
        found["antiword"] = antiword
    found["python-docx"] = python_docx
    return found


def ours(path: Path) -> tuple[FileText | None, float]:
    """What this project finds, and the seconds it takes."""
    body = path.read_bytes()
    begun = time.perf_counter()
    found = read_file(body, by_content(body, path.name).format)
    return found, time.perf_counter() - begun


def strings_found(text: str, expected: str) -> tuple[int, int, int]:
    """How many strings the text holds as they are, how many in order with more between, and all.

    The list joins the texts of a page and passes over CDATA sections: what a file says there
    stands, in our text, within a string of the list.
    """
    strings = [squeezed(string) for string in html.unescape(expected).split()]
    body = squeezed(text)
    as_they_are = sum(string in body for string in strings)
    in_order = sum(string in body or _is_in_order(string, body) for string in strings)
    return as_they_are, in_order, len(strings)


def _is_in_order(string: str, body: str) -> bool:
    characters = iter(body)
    return all(character in characters for character in string)


def pairs(text: str) -> set[str]:
    """Pairs of Chinese characters that follow each other."""
    body = squeezed(text)
    return {a + b for a, b in itertools.pairwise(body) if chinese(a + b) == 2}


def read_by_peers(others: dict[str, Peer], path: Path) -> dict[str, str]:
    """The text by each peer, "" where it fails."""
    found = {}
    for name, peer in others.items():
        try:
            found[name] = peer(path)
        except Exception as error:  # noqa: BLE001  peers raise anything
            found[name] = ""
            print(f"{name} fails on {path.name}: {str(error)[:60]}", file=sys.stderr)
    return found


def compared(path: Path, text: str, others: dict[str, Peer]) -> tuple[bool, str]:
    """Whether nothing of the best peer's is missing, and the figures.

    A peer may count text twice, that of an object and that of its picture: then all pairs of
    its characters must be found, though not as often.
    """
    texts = read_by_peers(others, path)
    best = max(texts, key=lambda name: chinese(texts[name]))
    most = chinese(texts[best])
    ratio = chinese(text) / most if most else 1.0
    wanted = pairs(texts[best])
    share = len(wanted & pairs(text)) / len(wanted) if wanted else 1.0
    counts = " ".join(f"{name} {chinese(found)}" for name, found in texts.items())
    note = f"ours {chinese(text)} {counts}: {ratio:.3f} of {best}, pairs {share:.3f}"
    return ratio >= LEAST_OF_BEST or share >= LEAST_OF_BEST, note


def main() -> int:
    """Prints the table; 1 when a file misses the bar."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    options = parser.parse_args()
    folder = options.data / "office"
    lines = (folder / "ofd_text.jsonl").read_text(encoding="utf-8").splitlines()
    expected = {entry["file"]: entry["text"] for entry in map(json.loads, lines)}
    paths = sorted(p for p in folder.rglob("*") if p.suffix[1:] in FORMATS)
    others = peers()
    ours(paths[0])  # starts the worker
    missed, times = [], []
    sums = [0, 0, 0]
    for path in paths:
        found, seconds = ours(path)
        times.append((seconds, path.name))
        text = found.text if found else ""
        if path.suffix == ".ofd":
            counts = strings_found(text, expected.get(path.name, ""))
            sums = [a + b for a, b in zip(sums, counts, strict=True)]
            good = counts[1] >= LEAST_OF_STRINGS * counts[2]
            note = f"strings {counts[0]}, in order {counts[1]}, of {counts[2]}"
        else:
            good, note = compared(path, text, others)
        if not good:
            missed.append(path.name)
        outcome = f"{found.outcome} {found.remark}" if found else "no reader"
        print(f"{path.name[:40]}: {note}; {seconds:.3f} s, {outcome}")
    ofd = sum(path.suffix == ".ofd" for path in paths)
    print(f"\n{len(paths) - ofd} files beside peers, {ofd} .ofd; of {sums[2]} strings")
    print(f"{sums[0]} found as they are, {sums[1]} in order")
    total = sum(seconds for seconds, _ in times)
    print(f"{total:.2f} s, {len(paths) / total:.0f} files/s, slowest {max(times)}")
    print(f"files that miss the bar: {len(missed)} {missed}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
