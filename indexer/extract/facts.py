"""The facts of a document from every witness of its page: 网页标签, 公开目录, the line under
the title, and the document's own words.

Three days are kept apart: 成文 (signed), 发布 (published) and 实施 (effective).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from analyzers.dates import find_dates
from indexer.document import Image
from indexer.extract import doctype, effect, rules
from indexer.extract.breadcrumb import column_of
from indexer.extract.directory_block import DirectoryBlock
from indexer.extract.images import find_images
from indexer.extract.metadata import Metadata, keywords_of
from indexer.extract.number import own_number
from indexer.extract.publication import Publication, choose_date
from indexer.extract.tree import Line, Tree

_HEAD_LINES: Final = 20
_MARK_LINES: Final = 6
_LINES_ABOVE: Final = 8
_LINES_BELOW: Final = 2
_START: Final = 200
_LAST_LINES: Final = 12
_MAX_KEYWORDS: Final = 20
_LONGEST_FACT: Final = 100
_LONGEST_SIGNATURE: Final = 60
_SIGNED_TYPES: Final = frozenset({"policy", "announcement", "other"})
"""Types whose text speaks of itself; news and interpretations tell of other documents."""

_DATE_LINE_END: Final = re.compile(r"[日号]\s*[）)]?$|\d$")
_SUBJECT_WORDS: Final = re.compile(r"^主\s*题\s*词\s*[:：]\s*(.+)$")


@dataclass(frozen=True)
class PageParts:
    """What reading a page has found, out of which its facts are told.

    ``title`` is the document's title, ``path`` the unquoted path of its URL; ``body`` are the
    lines of its text, ``start`` and ``end`` where they stand in ``tree.lines``, ``text`` is the
    same joined; ``container`` is the element that holds the article; ``base`` is what relative
    addresses are resolved against, ``charset`` the page's; ``guide_fields`` counts the fields
    of a service guide.
    """

    tree: Tree
    meta: Metadata
    catalogue: DirectoryBlock
    seen: Publication
    breadcrumb: Sequence[str]
    title: str
    path: str
    body: Sequence[Line]
    text: str
    start: int
    end: int
    container: int
    base: str
    charset: str = "utf-8"
    guide_fields: int = 0

    @property
    def column(self) -> str:
        """The column by its tag or by the breadcrumb; "" when neither tells."""
        return self.meta.column or column_of(list(self.breadcrumb), self.title)


def page_facts(parts: PageParts) -> dict[str, Any]:
    """The keyword arguments of :class:`indexer.document.Document` that are facts.

    ``type``, ``column``, ``document_number``, ``source``, ``issuer``, ``index_number``,
    ``topic``, ``signed``, ``published``, ``effective``, ``expires``, ``effect``, ``keywords``,
    ``description`` and ``images``; those without a value are None or ().
    """
    meta, catalogue = parts.meta, parts.catalogue
    facts = catalogue.facts
    first_lines = [line.text for line in parts.body[:_HEAD_LINES]]
    number = own_number(facts.get("发文字号", ""), parts.title, first_lines)
    kind = _type_of(parts, number)
    named = {
        "type": kind,
        "column": parts.column or None,
        "document_number": number,
        "source": meta.source or parts.seen.source or facts.get("发文机关") or None,
        "issuer": _fact(catalogue, "发文机关"),
        "index_number": _index_number(catalogue),
        "topic": _fact(catalogue, "主题分类"),
        "keywords": _keywords(parts),
        "description": meta.description or facts.get("内容概述") or None,
        "images": _images(parts),
    }
    return {**named, **_days_and_effect(parts, kind)}


def signature_date(lines: Iterable[str]) -> date | None:
    """The 落款 date of an official document: the first date that stands alone under, or
    behind, the name of a body that signs, or None."""
    before = ""
    for line in lines:
        if len(line) <= _LONGEST_SIGNATURE and _DATE_LINE_END.search(line):
            found = next(find_dates(line), None)
            if found is not None and not line[found.end :].strip(" 　）)"):
                signed_by = line[: found.start].strip(" 　\t（(") or before
                if _is_signature(signed_by):
                    return found.day
        before = line
    return None


def _is_signature(text: str) -> bool:
    signatures = rules.pattern("effect", "signatures")
    return len(text) <= _LONGEST_SIGNATURE and signatures.fullmatch(text.strip()) is not None


def _type_of(parts: PageParts, number: str | None) -> str:
    return doctype.document_type(
        doctype.Facts(
            path=parts.path,
            column=parts.column,
            columns=">".join([*parts.breadcrumb, parts.column]),
            title=parts.title,
            start=parts.text[:_START],
            number=number or "",
            guide_fields=parts.guide_fields,
        )
    )


def _days_and_effect(parts: PageParts, kind: str) -> dict[str, Any]:
    """The three days, the last day, and whether the document is in force."""
    catalogue = parts.catalogue
    is_official = kind in _SIGNED_TYPES
    signed = catalogue.day("成文日期")
    if signed is None and is_official:
        # The lines of the page and not of the body: a date alone may be taken for an info line.
        span = parts.tree.lines[parts.start : parts.end + _LINES_BELOW]
        signed = signature_date(line.text for line in span)
    published = choose_date(parts.meta, parts.seen, catalogue.day("发布日期"), parts.path)
    published = published or catalogue.day("成文日期")
    told = effect.in_force(parts.text, signed or published) if is_official else effect.InForce()
    effective = catalogue.day("实施日期") or told.effective
    expires = catalogue.day("废止日期") or told.expires
    state, since = _effect(parts, is_official=is_official)
    return {
        "signed": signed,
        "published": published,
        "effective": effective,
        "expires": since or expires,
        "effect": state,
    }


def _effect(parts: PageParts, *, is_official: bool) -> tuple[str | None, date | None]:
    facts = parts.catalogue.facts
    stated = effect.effect_of_value(facts.get("有效性", ""))
    if stated is None and facts.get("是否废止"):
        stated = "in_force" if facts["是否废止"] in ("否", "未废止") else "repealed"
    stated = stated or effect.effect_of_title(parts.title)
    if not is_official:
        return stated, None
    above = parts.tree.lines[max(0, parts.start - _LINES_ABOVE) : parts.start]
    around = [*above, *parts.body[:_MARK_LINES], *parts.body[_MARK_LINES:][-2:]]
    marked, since = effect.effect_of_lines(line.text for line in around)
    # A stamp was put on later than the catalogue was filled in.
    return marked or stated, since


def _fact(catalogue: DirectoryBlock, label: str) -> str | None:
    value = catalogue.facts.get(label, "")
    return value if 0 < len(value) <= _LONGEST_FACT else None


def _index_number(catalogue: DirectoryBlock) -> str | None:
    value = _fact(catalogue, "索引号")
    return value if value and re.search(r"\d", value) else None


def _keywords(parts: PageParts) -> tuple[str, ...]:
    """Those of the tag, then 主题词 of the catalogue or of the document's end."""
    words = dict.fromkeys(parts.meta.keywords)
    subjects = parts.catalogue.facts.get("主题词", "")
    if not subjects:
        lines = (_SUBJECT_WORDS.match(line.text) for line in parts.body[-_LAST_LINES:])
        subjects = next((found[1] for found in lines if found), "")
    words.update(dict.fromkeys(keywords_of(subjects)))
    return tuple(words)[:_MAX_KEYWORDS]


def _images(parts: PageParts) -> tuple[Image, ...]:
    """The pictures between the last line above the text and the first line behind it."""
    container, within = parts.container, None
    if parts.body:
        within = _around_body(parts)
    else:
        container = _named_container(parts)
    base, charset = parts.base, parts.charset
    return find_images(parts.tree, container, base, charset, title=parts.title, within=within)


def _around_body(parts: PageParts) -> tuple[int, int]:
    """Where the elements of the text may begin and end: its lines and what is between them."""
    lines = parts.tree.lines
    begin = lines[parts.start - 1].owner if 0 < parts.start <= len(lines) else 0
    following = lines[parts.end].owner if parts.end < len(lines) else 0
    # Text behind an inner element belongs to the element around it, which began earlier.
    is_later = following > parts.body[-1].owner
    return begin, following if is_later else len(parts.tree.elements)


def _named_container(parts: PageParts) -> int:
    """The article's element on a page without text, a scanned notice: known by its name."""
    names = rules.entries("containers", "article")
    named = (i for i in parts.tree.having(names) if not parts.tree.boilerplate[i])
    return next(named, parts.container)
