"""What is measured of one engine: judged queries, names, numbers, suggestions, hard queries."""

from __future__ import annotations

import itertools
import random
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from judging import typing_errors
from judging.engines import Engine, Product
from judging.sets import JudgedSet, half_of

from analyzers.document_number import DocumentNumber
from analyzers.normalize import normalize
from analyzers.pinyin import full_pinyin, pinyin_initials
from indexer.document import Document
from indexer.index.engine import SearchEngine
from search_api.evaluation import Found, Judged, measure

Figures = dict[str, float | int]
LONGEST = 200
FEW, TEN = 3, 10


class Clock:
    """Milliseconds of calls."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def time(self, call: Callable[..., Any], *arguments: Any) -> Any:
        """The call's answer."""
        started = time.perf_counter()
        answer = call(*arguments)
        self.times.append((time.perf_counter() - started) * 1000)
        return answer

    def figures(self) -> Figures:
        """p50, p95 and the longest."""
        ordered = sorted(self.times)
        return {
            "ms p50": statistics.median(ordered),
            "ms p95": ordered[int(len(ordered) * 0.95)],
            "ms max": ordered[-1],
        }


def judged_queries(engine: Engine, judged_set: JudgedSet) -> tuple[list[Judged], Figures]:
    """The queries that have a relevant document, measured and timed."""
    clock = Clock()
    rows = []
    for query_id, query in judged_set.queries.items():
        grades = {url: grade for url, grade in judged_set.qrels.get(query_id, {}).items() if grade}
        if grades:
            found = engine.read(clock.time(engine.ask, query.text))
            row = Judged(query_id, query, grades, tuple(found), measure(found, grades))
            rows.append(row)
    return rows, clock.figures()


def in_halves(rows: Iterable[Judged]) -> dict[str, list[Judged]]:
    """Tuning and reporting half."""
    halves: dict[str, list[Judged]] = {}
    for row in rows:
        halves.setdefault(half_of(row.id), []).append(row)
    return halves


def names_asked(
    engine: Engine, asked: Mapping[str, str], titles: Mapping[str, str], within: int
) -> Figures:
    """Share of names found within the first results when asked for in another form.

    ``asked`` is what is typed by name, ``titles`` the title by URL: a result counts where
    it, or a document it stands for, has the name as its title.
    """
    clock = Clock()
    ranks = []
    for name, typed in asked.items():
        found = engine.read(clock.time(engine.ask, typed))
        ranks.append(_rank_of(name, found, titles))
    good = sum(rank is not None and rank <= within for rank in ranks)
    return {"names": len(asked), "found": good / len(ranks), **clock.figures()}


def _rank_of(name: str, found: Sequence[Found], titles: Mapping[str, str]) -> int | None:
    wanted = squeezed(name)
    for rank, one in enumerate(found, 1):
        if any(squeezed(titles.get(url, one.title)) == wanted for url in one.urls):
            return rank
    return None


def squeezed(text: str) -> str:
    """Letters and digits alone: names differ in brackets and spaces from item to item."""
    return "".join(one for one in normalize(text) if one.isalnum())


def corrections(product: Product, queries: Iterable[str]) -> Figures:
    """Share of right queries for which a correction is offered, and searched instead."""
    offered = applied = count = 0
    for query in queries:
        count += 1
        answer = product.ask(query)
        correction = answer.outcome.correction if answer else None
        offered += correction is not None
        applied += correction is not None and correction.applied
    return {"names": count, "corrected": offered / count, "searched instead": applied / count}


def suggested(engine: SearchEngine, asked: Mapping[str, str]) -> Figures:
    """Share of names among the first ten suggestions for what is typed."""
    clock = Clock()
    good = 0
    for name, typed in asked.items():
        shown = clock.time(engine.suggest, typed, TEN)
        good += squeezed(name) in {squeezed(one.text) for one in shown}
    return {"names": len(asked), "found": good / len(asked), **clock.figures()}


def number_tasks(engine: Engine, numbers: Mapping[DocumentNumber, str]) -> dict[str, Figures]:
    """By form, the share of numbers whose document comes first; of forms that name a serial
    alone, the share for which a document with that serial does."""
    with_serial: dict[int, set[str]] = {}
    for number, url in numbers.items():
        with_serial.setdefault(number.serial, set()).add(url)
    first: dict[str, list[bool]] = {}
    clock = Clock()
    for number, url in numbers.items():
        forms = [(form, typed, {url}) for form, typed in typing_errors.number_forms(number)]
        same = with_serial[number.serial]
        forms += [(form, typed, same) for form, typed in typing_errors.serial_forms(number)]
        for form, typed, wanted in forms:
            found = engine.read(clock.time(engine.ask, typed))
            first.setdefault(form, []).append(bool(found) and not wanted.isdisjoint(found[0].urls))
    together = [one for outcomes in first.values() for one in outcomes]
    rows: dict[str, Figures] = {}
    if isinstance(engine, Product):
        for form, outcomes in first.items():
            rows[form] = {"numbers": len(outcomes), "first": float(statistics.mean(outcomes))}
    share = float(statistics.mean(together))
    rows["all forms"] = {"numbers": len(together), "first": share, **clock.figures()}
    return rows


def suggestion_times(
    engine: SearchEngine, titles: Sequence[str], count: int = 300
) -> dict[str, Figures]:
    """Times of suggestions for the beginnings of titles, by what is typed."""
    chance = random.Random(604)  # noqa: S311  # not for secrets
    drawn = [chance.choice(titles) for _ in range(count)]
    ways: dict[str, list[str]] = {
        "one Latin letter": [chr(ord("a") + letter) for letter in range(26)],
        "one character": [title[0] for title in drawn],
        "Chinese": [title[: chance.randint(2, 8)] for title in drawn],
        "pinyin": [full_pinyin(title[:6])[: chance.randint(2, 12)] for title in drawn],
        "initials": [pinyin_initials(title[:8])[: chance.randint(2, 8)] for title in drawn],
        "from inside": [title[at : at + 4] for title in drawn if (at := len(title) // 2)],
        "nothing such": ["xqzvw", "龘龘", "qqqqqqqq", "1", "第", "条"],
    }
    rows = {}
    for way, typed in ways.items():
        clock = Clock()
        for text in typed:
            clock.time(engine.suggest, text, TEN)
        rows[way] = {"queries": len(typed), **clock.figures()}
    return rows


def hard_queries(documents: Sequence[Document], count: int = 60) -> dict[str, list[str]]:
    """Queries of up to 200 characters that cost an engine most, by kind."""
    chance = random.Random(604)  # noqa: S311  # not for secrets
    texts = [chance.choice(documents).text or "条" for _ in range(count)]
    common = "的国人民规定法第条和者应当有关机构"
    anything = [chr(code) for code in range(0x21, 0xFFF0) if chr(code).isprintable()]
    ideographs = [chr(code) for code in range(0x4E00, 0x9FA6)]

    def drawn(pool: Sequence[str], length: int = LONGEST) -> str:
        return "".join(chance.choice(pool) for _ in range(length))

    return {
        "text of a document": [text[:LONGEST] for text in texts],
        "two texts mixed": [
            "".join(map("".join, zip(one, other, strict=False)))[:LONGEST]
            for one, other in itertools.pairwise(texts)
        ],
        "common characters": [drawn(common) for _ in range(count)],
        "one common word, repeated": [
            word * (LONGEST // len(word))
            for word in (
                "国家",
                "规定",
                "人民政府",
                "应当",
                "的",
                "第一条",
                "中华人民共和国",
            )
        ],
        "common words, spaced": [" ".join(drawn(common, 2) for _ in range(66)) for _ in range(20)],
        "any ideographs": [drawn(ideographs) for _ in range(count)],
        "any characters": [drawn(anything) for _ in range(count)],
        "Latin soup": [drawn("abcdefghijklmnopqrstuvwxyz ") for _ in range(count)],
        "pinyin soup": [full_pinyin(text[:80])[:LONGEST] for text in texts[: count // 2]],
        "digits and punctuation": [drawn('0123456789"-:*()[]〔〕《》OR ~') for _ in range(count)],
        "operators": [
            ('"国家" -规定 OR 人民 intitle:法 site:law filetype:pdf ' * 6)[:LONGEST],
            ('"' + "的" * 198 + '"'),
            " OR ".join(["国家", "人民"] * 20)[:LONGEST],
            " ".join(f"-{one}" for one in common * 4)[:LONGEST],
        ],
    }


def hard_times(engine: Engine, kinds: Mapping[str, Sequence[str]]) -> dict[str, Figures]:
    """Times by kind of query, and how many raised an error."""
    rows = {}
    for kind, queries in kinds.items():
        clock, errors = Clock(), 0
        for query in queries:
            try:
                clock.time(engine.ask, query)
            except Exception:  # noqa: BLE001  # counted, whatever it is
                errors += 1
        rows[kind] = {"queries": len(queries), "errors": errors, **clock.figures()}
    return rows
