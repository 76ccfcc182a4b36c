"""有效性: whether a document is in force, and the days its own words give for it.

What is said of other documents (``原《…》同时废止``) does not count, nor does today's date:
a document that has run out is told by ``expires``, which is a day like any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import islice
from typing import Final

from analyzers.dates import find_date, find_dates
from indexer.document import EFFECTS
from indexer.extract import rules

_BRACKETS: Final = re.compile(r"[（(【\[〔]\s*([^（）()【】\[\]〔〕]{2,16}?)\s*[）)】\]〕]")
_LONGEST_MARK: Final = 120
_AROUND_MARK: Final = " \t（()）【】[]*★※。.!！"

# 起执行新标准 has an object: it is a sentence about that, not the document's own clause.
_SET_IN_FORCE: Final = re.compile(
    r"起(?:正式|开始|暂)*(?:施行|实施|执行|生效|试行)(?=[，。；,;、）)\s至到]|$)"
)
_LATER: Final = re.compile(
    r"起(?:满)?([\d一二三四五六七八九十]{1,3})(个?[日天月])后(?:施行|实施|执行|生效)"
)
_CLAUSE_START: Final = re.compile(r"[。；;！!\n\t]")
_LONGEST_CLAUSE: Final = 90
_MOST_CLAUSES: Final = 1000
_RELATIVE: Final = re.compile(
    r"[自从于](?:本\w{1,6})?(?:发布|公布|颁布|印发|下发|发文|签发|批准|通过)之?日"
)
_VALID_FOR: Final = re.compile(
    r"有效期限?(?:为|是|:|：|暂定|定为)?\s*([\d一二三四五六七八九十两]{1,3})\s*年"
    r"|(?:试行|暂行)(?:期限?)?(?:为|:|：)?\s*([\d一二三四五六七八九十两]{1,3})\s*年"
)
_VALID_UNTIL: Final = re.compile(
    r"有效期限?(?:为|自|截止|截至|至|到|:|：)|(?:^|施行|实施|执行|试行|有效)(?:期限?)?[至到]"
)
_LONGEST_REST: Final = 80
_NUMERALS: Final = {mark: value for value, mark in enumerate("一二三四五六七八九十", 1)} | {"两": 2}
_MOST_YEARS: Final = 50


@dataclass(frozen=True)
class InForce:
    """Since when a document holds and its last day, as far as its text tells."""

    effective: date | None = None
    expires: date | None = None


def effect_of_value(value: str) -> str | None:
    """What 有效性 in the 公开目录 says, as a key of EFFECTS; None for what says nothing."""
    value = value.strip()
    found = (effect for pattern, effect in _rules("values") if pattern.search(value))
    return next(found, None) if value else None


def effect_of_title(title: str) -> str | None:
    """What a mark in brackets at an end of the title says: 关于…的通知（已废止）."""
    title = title.strip()
    for mark in _BRACKETS.finditer(title):
        if mark.start() == 0 or mark.end() == len(title):
            effect = _fullmatch("title_marks", mark[1])
            if effect:
                return effect
    return None


def effect_of_lines(lines: Iterable[str]) -> tuple[str | None, date | None]:
    """What a line by itself says of the document, and the day since when: 此件已废止."""
    for line in lines:
        if len(line) > _LONGEST_MARK or not _may_mark(line):
            continue
        effect = _fullmatch("line_marks", line.strip(_AROUND_MARK))
        if effect:
            return effect, find_date(line) if effect in ("repealed", "expired") else None
    return None, None


def _may_mark(line: str) -> bool:
    """Cheap: whether any of the words of an end is in a line."""
    return "废" in line or "失效" in line or "修" in line or "过期" in line


def in_force(text: str, issued: date | None) -> InForce:
    """The days of a document's own clause: 本办法自2010年1月1日起施行，有效期5年.

    ``issued`` is the day that 自发布之日起 means. A clause with a day of its own goes before
    one that counts from the issue; of several, the last: it is that of the document, not of
    the notice that hands it on. An end without a beginning counts from ``issued``.
    """
    best: tuple[bool, InForce] | None = None
    for found in islice(_SET_IN_FORCE.finditer(text), _MOST_CLAUSES):
        clause = _clause_before(text, found.start())
        if not _speaks_of_itself(clause):
            continue
        day, is_exact = _beginning(clause, issued)
        if day is not None and (best is None or is_exact >= best[0]):
            best = is_exact, InForce(day, _end(text[found.end() :], day))
    if best is None:
        best = _later(text, issued)
    return best[1] if best else InForce()


def _later(text: str, issued: date | None) -> tuple[bool, InForce] | None:
    """自公布之日起30日后施行: a day counted from the issue."""
    for found in islice(_LATER.finditer(text), _MOST_CLAUSES):
        clause = _clause_before(text, found.start())
        count = _number(found[1])
        if issued and count and _speaks_of_itself(clause) and _RELATIVE.search(clause):
            days = count * (30 if "月" in found[2] else 1)
            return False, InForce(issued + timedelta(days), None)
    return None


def _clause_before(text: str, end: int) -> str:
    clause = text[max(0, end - _LONGEST_CLAUSE) : end]
    return _CLAUSE_START.split(clause)[-1]


def _speaks_of_itself(clause: str) -> bool:
    """Whether a clause's subject is the document that it stands in."""
    return _own_clause().search(clause) is not None


@cache
def _own_clause() -> re.Pattern[str]:
    selves = "|".join(rules.entries("effect", "selves"))
    numbered = r"[（(]?[第\d一二三四五六七八九十百]{0,8}[条、.．）)]?\s*"
    return re.compile(
        rf"(?:^|[，,])\s*{numbered}(?:(?:本|此|该|上述|以上)[^，。《》]{{0,12}}?(?:{selves})[^《》。]{{0,12}})?[，,]?"
        r"\s*(?:[自从于]|\d{4}年)[^《》]{4,40}$"
    )


def _beginning(clause: str, issued: date | None) -> tuple[date | None, bool]:
    """The day a clause names, and whether it names it and not only counts from the issue."""
    days = list(find_dates(clause))
    if days:
        return days[-1].day, True
    return (issued if _RELATIVE.search(clause) else None), False


def _end(rest: str, begins: date) -> date | None:
    """The last day a document holds, from the words behind its beginning."""
    rest = rest[:_LONGEST_REST].split("\n")[0]
    until = _VALID_UNTIL.search(rest)
    day = find_date(rest[until.end() : until.end() + 20]) if until else None
    if day:
        return day
    for_years = _VALID_FOR.search(rest)
    years = _number(for_years[1] or for_years[2]) if for_years else 0
    if not 0 < years <= _MOST_YEARS:
        return None
    try:
        return begins.replace(year=begins.year + years) - timedelta(1)
    except ValueError:  # 29 February
        return begins.replace(year=begins.year + years, day=28)


def _number(written: str) -> int:
    """The value of digits or of a Chinese number below a hundred; 0 for anything else."""
    if written.isdecimal():
        return int(written)
    tens, ten, units = written.rpartition("十")
    if any(len(part) > 1 for part in (tens, units)):
        return 0
    return (_NUMERALS.get(tens, 1) * 10 if ten else 0) + _NUMERALS.get(units, 0)


def _fullmatch(name: str, text: str) -> str | None:
    found = (effect for pattern, effect in _rules(name) if pattern.fullmatch(text))
    return next(found, None)


@cache
def _rules(name: str) -> Sequence[tuple[re.Pattern[str], str]]:
    """The rules of one list in file order.

    Raises:
        RuleError: an entry lacks ``why`` or names an unknown effect.
    """
    listed = zip(rules.entries("effect", name), rules.load("effect")[name], strict=True)
    made = []
    for pattern, entry in listed:
        if entry.get("effect") not in EFFECTS:
            raise rules.RuleError(f"effect.yaml: {name}: takes one of {', '.join(EFFECTS)}")
        made.append((re.compile(pattern), str(entry["effect"])))
    return tuple(made)
