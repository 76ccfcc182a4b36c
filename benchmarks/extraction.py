"""How well and how fast pages are read, on real pages with hand-made or derived gold.

    python benchmarks/extraction.py [--data DIR]

``DIR/html/cwce``: 61 pages of many sites (immortal-autumn/Chinese-Web-Content-Extraction-
Dataset, MIT): encoding, date, text. ``DIR/html/cms_static``: 250 pages of one content
system: title, date, text. The text's score is F1 over the multiset of its characters without
white space, mean and median over the pages. trafilatura, readability-lxml and jusText read the
same pages in the same run where they are installed; they get the text decoded here, so that
only the reading is compared. The last line is this project's speed with a process a core.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import lxml.html

from analyzers.dates import find_date
from indexer.extract import FetchedPage, extract
from indexer.extract.charset import decode

_PROCESSES: Final = 2
_SECONDS: Final = 4.0
_SHARE: Final = 4
_ROUNDS: Final = 3
_TITLE_AND_DATE: Final = frozenset({"title", "date"})
Reader = Callable[[str, bytes], "Answer"]


@dataclass
class Answer:
    """What a reader made of one page; ``tells`` the measures it has an answer to at all."""

    charset: str = ""
    title: str = ""
    published: date | None = None
    text: str = ""
    tells: frozenset[str] = frozenset({"charset", "title", "date"})


@dataclass
class Score:
    """Counts over one set of pages; ``of`` the pages that have gold for the measure."""

    right: Counter[str] = field(default_factory=Counter)
    of: Counter[str] = field(default_factory=Counter)
    f1: list[float] = field(default_factory=list)
    seconds: float = 0.0
    misses: list[str] = field(default_factory=list)

    def row(self, name: str) -> str:
        """The set's line of the table."""
        cells = [
            f"{self.right[measure]}/{self.of[measure]}" if self.of[measure] else "-"
            for measure in ("charset", "title", "date")
        ]
        mean, median = statistics.mean(self.f1), statistics.median(self.f1)
        speed = len(self.f1) / self.seconds
        return (
            f"{name:32}"
            + "".join(f"{cell:>9}" for cell in cells)
            + f"{mean:9.4f}{median:9.4f}{speed:9.0f}"
        )


def character_f1(found: str, gold: str) -> float:
    """F1 of two texts as bags of characters, white space left out."""
    one, other = Counter("".join(found.split())), Counter("".join(gold.split()))
    shared = sum((one & other).values())
    return 2 * shared / (one.total() + other.total()) if shared else 0.0


def read_with_qzsearch(url: str, body: bytes) -> Answer:
    """This project's extraction."""
    result = extract(FetchedPage(url, body, "benchmark"))
    document = result.document
    if document is None:
        return Answer(result.charset or "")
    return Answer(result.charset or "", document.title, document.published, document.text)


def trafilatura_reader() -> Reader:
    """trafilatura with its defaults."""
    import trafilatura

    def read(url: str, body: bytes) -> Answer:
        found = trafilatura.bare_extraction(
            decode(body).text, url=url, include_comments=False, with_metadata=True
        )
        if found is None:
            return Answer(tells=_TITLE_AND_DATE)
        facts = found if isinstance(found, dict) else found.as_dict()
        day = find_date(facts["date"] or "")
        return Answer("", facts["title"] or "", day, facts["text"] or "", _TITLE_AND_DATE)

    return read


def readability_reader() -> Reader:
    """readability-lxml: the text of its summary and its short title; it knows no dates."""
    import logging

    from readability import Document  # type: ignore[import-untyped]

    logging.getLogger("readability").setLevel(logging.CRITICAL)

    def read(url: str, body: bytes) -> Answer:
        page = Document(decode(body).text, url=url)
        text = str(lxml.html.fromstring(page.summary()).xpath("string()"))
        return Answer("", page.short_title(), None, text, frozenset({"title"}))

    return read


def justext_reader() -> Reader:
    """jusText without stop words, of which it has none for Chinese; it knows no titles.

    Its lengths are meant for words of six letters: a third of them suits Chinese better, and
    gives it a higher score on both sets than its defaults.
    """
    import justext  # type: ignore[import-untyped]

    def read(_url: str, body: bytes) -> Answer:
        paragraphs = justext.justext(
            decode(body).text,
            frozenset(),
            length_low=20,
            length_high=60,
            stopwords_low=0.0,
            stopwords_high=0.0,
        )
        text = "\n".join(one.text for one in paragraphs if not one.is_boilerplate)
        return Answer(text=text, tells=frozenset())

    return read


PEERS: Final[dict[str, Callable[[], Reader]]] = {
    "trafilatura": trafilatura_reader,
    "readability-lxml": readability_reader,
    "jusText": justext_reader,
}


def installed_peers() -> dict[str, Reader]:
    """The peers that are there; says which versions, and which are missing."""
    readers: dict[str, Reader] = {}
    for name, reader in PEERS.items():
        try:
            print(f"{name} {version(name)}")
        except PackageNotFoundError:
            print(f"{name}: missing, not compared")
            continue
        readers[name] = reader()
    return readers


def read_by_itself(pages: Sequence[tuple[str, bytes]]) -> int:
    """Extraction alone of a share of the pages: what one process of the pool does."""
    for name, body in pages:
        extract(FetchedPage(f"http://benchmark.example.cn/{name}", body, "benchmark"))
    return len(pages)


def pooled_speed(pages: Sequence[tuple[str, bytes]]) -> float:
    """Pages a second of wall time with two processes that read the pages again and again."""
    shares = [pages[start : start + _SHARE] for start in range(0, len(pages), _SHARE)]
    with ProcessPoolExecutor(_PROCESSES) as pool:
        list(pool.map(read_by_itself, shares))  # loads rules and libraries
        done, began = 0, time.perf_counter()
        while time.perf_counter() - began < _SECONDS:
            done += sum(pool.map(read_by_itself, shares * _ROUNDS))
        return done / (time.perf_counter() - began)


def measure(pages: Iterable[tuple[dict[str, Any], bytes]], reader: Reader) -> Score:
    """Runs one reader over pages with gold."""
    score = Score()
    for gold, body in pages:
        began = time.process_time()  # of one core: others may use the machine too
        answer = reader(f"http://benchmark.example.cn/{gold['name']}", body)
        score.seconds += time.process_time() - began
        f1 = character_f1(answer.text, gold["text"])
        score.f1.append(f1)
        for key, right in (
            ("charset", answer.charset == gold.get("charset")),
            ("title", answer.title == gold.get("title")),
            ("date", answer.published == gold.get("date")),
        ):
            if gold.get(key) and key in answer.tells:
                score.of[key] += 1
                score.right[key] += right
                if not right:
                    value = getattr(answer, "published" if key == "date" else key)
                    score.misses.append(f"{gold['name']}: {key}: {value} for {gold[key]}")
        if f1 < 0.9:
            score.misses.append(f"{gold['name']}: text: F1 {f1:.3f}")
    return score


def cwce(folder: Path) -> list[tuple[dict[str, Any], bytes]]:
    """The 61 pages; a page whose gold date is a month or unknown counts for text only."""
    pages = []
    for record in _records(folder / "gold.jsonl"):
        gold = {
            "name": Path(record["file"]).name,
            "text": record["text"],
            "date": find_date(record["date"] or ""),
            "charset": "utf-8" if "utf-8" in record["actual"] else "gb18030",
        }
        pages.append((gold, (folder / record["file"]).read_bytes()))
    return pages


def cms_static(folder: Path) -> list[tuple[dict[str, Any], bytes]]:
    """The 250 pages of one content system."""
    pages = []
    for record in _records(folder / "gold.jsonl"):
        gold = {
            "name": record["file"],
            "text": record["text"],
            "title": record["title"],
            "date": find_date(record["date"] or ""),
        }
        pages.append((gold, (folder / "pages" / record["file"]).read_bytes()))
    return pages


def _records(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def main() -> int:
    """Prints the table; exit status 2 when the data are not there."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, metavar="DATA")
    parser.add_argument("--misses", action="store_true", help="list what was read wrongly")
    options = parser.parse_args()
    folder = options.data / "html"
    if not folder.is_dir():
        parser.exit(2, f"{folder}: not there; --data takes the folder that holds html/\n")
    readers = {"qzsearch": read_with_qzsearch, **installed_peers()}
    sets = {"cwce": cwce(folder / "cwce"), "cms_static": cms_static(folder / "cms_static")}
    head = ("charset", "title", "date", "F1 mean", "median", "pages/s")
    print(f"{'pages, reader':32}" + "".join(f"{cell:>9}" for cell in head))
    for name, pages in sets.items():
        for reader_name, reader in readers.items():
            reader("http://benchmark.example.cn/", pages[0][1])  # loads rules and libraries
            score = measure(pages, reader)
            print(score.row(f"{name} ({len(pages)}), {reader_name}"))
            if options.misses and reader_name == "qzsearch":
                print(*score.misses, sep="\n", file=sys.stderr)
    bodies = {name: [(gold["name"], body) for gold, body in pages] for name, pages in sets.items()}
    bodies["all"] = [*bodies["cwce"], *bodies["cms_static"]]
    load = f"load {os.getloadavg()[0]:.1f} before"
    print(f"extraction alone, {_PROCESSES} processes, {os.cpu_count()} cores, {load}:")
    for name in ("all", "cwce"):
        print(f"  {name} ({len(bodies[name])}): {pooled_speed(bodies[name]):.0f} pages/s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
