"""The words around document numbers: which run of characters is a 代字, which a body.

The lists are in ``data/document_number.yaml``, each with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Final

from analyzers.own_data import load_yaml

_BEFORE_ORDER: Final = re.compile(r"[一-鿿、 ]*$")
_LONGEST_BODY: Final = 48


@dataclass(frozen=True)
class NumberWords:
    """``data/document_number.yaml``, ready for use."""

    endings: tuple[str, ...]
    kinds: tuple[str, ...]
    bodies: tuple[str, ...]
    states: tuple[str, ...]
    short_names: tuple[tuple[str, str], ...]
    before: re.Pattern[str]
    before_body: re.Pattern[str]
    code: re.Pattern[str]


@lru_cache(maxsize=1)
def number_words() -> NumberWords:
    """The lists of ``data/document_number.yaml``, read once."""
    file = resources.files("analyzers").joinpath("data/document_number.yaml")
    data: dict[str, Any] = load_yaml(file.read_text(encoding="utf-8"))
    references, issuers = _any_of(data["references"]), _any_of(data["issuers"])
    at_start = "".join(data["before_at_start"])
    code = data["codes"]
    return NumberWords(
        endings=(*data["endings"], *data["bodies_as_endings"]),
        kinds=tuple(data["kinds"]),
        bodies=tuple(data["bodies"]),
        states=tuple(data["states"]),
        short_names=tuple((long, short) for long, short in data["short_names"].items()),
        before=re.compile(rf"^(?:.*(?:{references}|{issuers}))?[{at_start}]*"),
        before_body=re.compile(rf"^(?:.*(?:{references}))?[{at_start}]*"),
        code=re.compile(
            f"(?:{_any_of(code['places'])})(?:(?:{_any_of(code['bodies'])}){{1,4}}"
            f"(?:{_any_of(code['kinds'])}){{1,3}}|(?:{_any_of(code['kinds'])}){{2,3}})"
            f"|{_any_of(code['short'])}"
        ),
    )


def kind_of(org: str) -> str | None:
    """The kind that an order's or announcement's 代字 ends with; None for other 代字."""
    words = number_words()
    for kind in words.kinds:
        if org.endswith(kind):
            body = org[: -len(kind)]
            if not body or body.endswith(words.bodies):
                return kind
    return None


def trimmed_code(run: str) -> str:
    """A 代字 without what a sentence puts before it: 根据钦政发 is 钦政发."""
    words = number_words()
    if not kind_of(run):
        return words.before.sub("", run)
    org = words.before_body.sub("", run)
    for state in words.states:
        org = org.removeprefix(state)
    return org


def body_before(text: str, behind: int) -> tuple[str, int]:
    """The body, or several that sign together, that stands right before a place in a text,
    and where it begins; "" and the place itself where none does."""
    words = number_words()
    before = _BEFORE_ORDER.search(text[max(0, behind - _LONGEST_BODY) : behind])
    run = before.group() if before else ""
    start, names = behind, ""
    end = len(run.rstrip())
    while end:
        gap = max(run.rfind(" ", 0, end), run.rfind("、", 0, end))
        piece = run[gap + 1 : end]
        name = words.before_body.sub("", piece)
        if len(name) < 2 or not name.endswith(words.bodies):
            break
        start = behind - len(run) + end - len(name)
        for state in words.states:
            name = name.removeprefix(state)
        names = name + names
        if len(name) < len(piece) or gap < 0:
            break
        end = len(run[:gap].rstrip("、 "))
    return names, start


def short_orgs(org: str) -> Iterator[str]:
    """Shorter names by which an order's or announcement's 代字 is asked for, without itself.

    钦州市人民政府令 is 钦州市政府令, 市人民政府令, 市政府令, 人民政府令, 政府令 and 令.
    """
    kind = kind_of(org)
    if kind is None:
        return
    body = org[: -len(kind)]
    bodies = dict.fromkeys([body])
    for long, short in number_words().short_names:
        bodies.update(dict.fromkeys(name.replace(long, short, 1) for name in list(bodies)))
    # 市政府 without the city's name, 税务总局 without 国家: from any place or rank on.
    for name in list(bodies):
        for rank in re.finditer("自治区|国家|[省市县区]", name):
            for start in (rank.start(), rank.end()):
                if start and len(name) - start > 1:
                    bodies[name[start:]] = None
            if not rank.start() and len(name) - rank.end() > 1:
                bodies[name[rank.end() :]] = None
    bodies[""] = None
    yield from (name + kind for name in bodies if name + kind != org)


def _any_of(words: list[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
