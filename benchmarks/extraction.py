"""How well and how fast pages are read, on real pages with hand-made or derived gold.

    python benchmarks/extraction.py [--data DIR]

``DIR/html/cwce``: 61 pages of many sites (immortal-autumn/Chinese-Web-Content-Extraction-
Dataset, MIT): encoding, date, text. ``DIR/html/cms_static``: 250 pages of one content
system: title, date, text. The text's score is F1 over the multiset of its characters without
white space, the mean over pages. trafilatura, where it is installed, reads the same pages in
the same run; it gets the decoded text, so that only the reading is compared.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from analyzers.dates import find_date
from indexer.extract import FetchedPage, extract
from indexer.extract.charset import decode


@dataclass
class Answer:
    """What a reader made of one page."""

    charset: str = ""
    title: str = ""
    published: date | None = None
    text: str = ""


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
        mean = sum(self.f1) / len(self.f1)
        speed = len(self.f1) / self.seconds
        return f"{name:34}" + "".join(f"{cell:>10}" for cell in cells) + f"{mean:9.4f}{speed:10.0f}"


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


def trafilatura_reader() -> Callable[[str, bytes], Answer] | None:
    """trafilatura with its defaults, or None where it is not installed."""
    try:
        import trafilatura
    except ImportError:
        return None

    def read(url: str, body: bytes) -> Answer:
        found = trafilatura.bare_extraction(
            decode(body).text, url=url, include_comments=False, with_metadata=True
        )
        if found is None:
            return Answer()
        facts = found if isinstance(found, dict) else found.as_dict()
        return Answer("", facts["title"] or "", find_date(facts["date"] or ""), facts["text"] or "")

    return read


def measure(
    pages: Iterable[tuple[dict[str, Any], bytes]], reader: Callable[[str, bytes], Answer]
) -> Score:
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
            if gold.get(key) and not (key == "charset" and not answer.charset):
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
    readers: dict[str, Callable[[str, bytes], Answer]] = {"qzsearch": read_with_qzsearch}
    other = trafilatura_reader()
    if other:
        readers["trafilatura"] = other
    print(
        f"{'pages, reader':34}{'charset':>10}{'title':>10}{'date':>10}{'text F1':>9}{'pages/s':>10}"
    )
    for name, pages in (
        ("cwce (61)", cwce(folder / "cwce")),
        ("cms_static (250)", cms_static(folder / "cms_static")),
    ):
        for reader_name, reader in readers.items():
            reader("http://benchmark.example.cn/", pages[0][1])  # loads rules and libraries
            score = measure(pages, reader)
            print(score.row(f"{name}, {reader_name}"))
            if options.misses and reader_name == "qzsearch":
                print(*score.misses, sep="\n", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
