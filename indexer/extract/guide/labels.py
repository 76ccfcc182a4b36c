"""Labels of a service guide as they stand on a page."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final, NamedTuple

from indexer.extract import rules
from indexer.service import FIELDS

MAX_LABEL: Final = 24
"""Longer texts are no label, in characters."""

NO_FIELD: Final = "-"
"""Stands for a field that is none of ours: what follows its label is left out."""

_ENUMERATION: Final = re.compile(
    r"^[\s【\[■▪◆◇●○·•※*☆★▶►√✦#]*"
    r"(?:[（(]\s*[一二三四五六七八九十\d]{1,3}\s*[)）][、.．]?|第?[一二三四五六七八九十\d]{1,3}[、.．，:：]"
    r"|[①-⑳⑴-⒇])?\s*[【\[]?"
)
_LABELLED: Final = re.compile(r"^([^:：]{2,30}?)\s*[:：]\s*(.*)$", re.DOTALL)
_BRACKETED: Final = re.compile(r"^\s*[【\[]\s*([^】\]]{2,20})\s*[】\]]\s*[:：]?\s*(.+)$", re.DOTALL)
_REMARK: Final = re.compile(r"[（(]([^（）()]{1,20})[)）]$")
_NOISE: Final = re.compile(r"[\s:：】\]▼▲∨+\u3000]+")


class Labelled(NamedTuple):
    """A text as a label and what follows it; ``key`` is "" when the text has no label.

    ``remark`` is what the label has in brackets: 法定时限（工作日）.
    """

    key: str
    value: str
    remark: str = ""

    @property
    def is_bare(self) -> bool:
        """Whether the text is a label and nothing else."""
        return self.key != "" and not self.value


def label_in(text: str) -> Labelled:
    """The label a text begins with: 收费标准, 七、收费标准：不收费, 【收费标准】不收费."""
    if len(text) <= 2 * MAX_LABEL:
        found = _known(text)
        if found:
            return Labelled(found[0], "", found[1])
    beginning = text[: 2 * MAX_LABEL]
    if ":" in beginning or "：" in beginning or "】" in beginning or "]" in beginning:
        for named in (_LABELLED.match(_ENUMERATION.sub("", text)), _BRACKETED.match(text)):
            known = _known(named[1]) if named else None
            if named and known:
                return Labelled(known[0], named[2].strip(), known[1])
    return Labelled("", text)


def known_label(text: str) -> str:
    """The field that a text is the label of and nothing else; "" if it is none."""
    found = _known(text) if len(text) <= 2 * MAX_LABEL else None
    return found[0] if found else ""


@cache
def core_keys() -> frozenset[str]:
    """The fields that tell a guide from a notice."""
    return frozenset(key for key, field in FIELDS.items() if field.core)


@cache
def contact_label() -> re.Pattern[str]:
    """A label of a short field in the middle of a line: ``二楼　联系电话：0777-…``."""
    spellings = {
        spelling for field in FIELDS.values() if field.short for spelling in field.spellings
    }
    longest_first = sorted(spellings, key=len, reverse=True)
    names = "|".join(re.escape(spelling) for spelling in longest_first)
    return re.compile(rf"(?<=[\s，,；;。、|｜　])(?:{names})\s*[:：]")


@lru_cache(maxsize=16384)
def _known(text: str) -> tuple[str, str] | None:
    bare = _NOISE.sub("", _ENUMERATION.sub("", text))
    remark = ""
    if bare not in _standard():
        behind = _REMARK.search(bare)
        if behind:
            bare, remark = bare[: behind.start()], behind[1]
    if not bare or len(bare) > MAX_LABEL:
        return None
    key = _standard().get(bare)
    if key is None and rules.pattern("service_guide", "other_labels").fullmatch(bare):
        key = NO_FIELD
    return (key, remark) if key else None


@cache
def _standard() -> dict[str, str]:
    return {spelling: key for key, field in FIELDS.items() for spelling in field.spellings}
