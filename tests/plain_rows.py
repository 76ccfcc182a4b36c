"""How a document becomes a row of the index, plainly: one at a time, with Whoosh's own means.

What :mod:`indexer.index.batch` makes of many documents at once must be equal to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from analyzers.document_number import find_document_numbers, index_terms, parse_document_number
from analyzers.normalize import normalize
from analyzers.terms import TermPositions, term_positions
from analyzers.title_sounds import title_sounds
from analyzers.units import HAN, IS_HAN
from indexer.document import Document
from indexer.index.engine import IndexEntry
from indexer.index.formats import CompactPositions
from indexer.index.guides import guide_field, guide_fields
from indexer.index.hosts import host_terms
from indexer.index.ranking import RankingParameters
from indexer.index.schema import BODY_GAP, Posting, title_key
from indexer.service import searchable_text

_NUMBERS_WITHIN = 20_000
"""Characters in which cited numbers are looked for."""
_PARTS_END = "\n。\n"
"""Between what no phrase should join."""
_FORMAT = CompactPositions()
_UNIT = re.compile(rf"[{HAN}]|[^\W_{HAN}]+")


def document_fields(entry: IndexEntry, ranking: RankingParameters) -> dict[str, Any]:
    """The keyword arguments of Whoosh's ``add_document`` for one entry."""
    document = entry.document
    row: dict[str, Any] = {
        "key": document.url,
        "digest": entry.digest.encode(),
        "title_key": [title_key(document.title)],
        "host": host_terms(document.url),
        "published": document.published.toordinal() if document.published else 0,
        "cluster": entry.cluster,
        "place": entry.place,
        "name": document.title.encode("utf-8", "surrogatepass"),
        "sounds": title_sounds(document.title).to_bytes(),
        "record": document.to_record(),
        "attachments": [(one.url, one.title, one.filetype) for one in entry.attachments],
    }
    row |= _texts(document, ranking)
    if entry.attachments:
        row["attached"] = _postings(term_positions(_attached(entry.attachments, ranking)))
        row["attached_length"] = sum(posting[1] for posting in row["attached"])
    guide = searchable_text(document.service) if document.service else {}
    for key in guide_fields():
        if guide.get(key):
            row[guide_field(key)] = _postings(term_positions(guide[key]))
    for name in ("site", "type", "column", "filetype", "effect"):
        value = getattr(document, name)
        if value:
            row[name] = [value]
    return row | _numbers(document)


def _texts(document: Document, ranking: RankingParameters) -> dict[str, Any]:
    """Title and text as postings, the beginning of the text, and lengths."""
    title = term_positions(document.title)
    title_end = _end(title)
    start = title_end + BODY_GAP
    lead = _lead(document)
    facts = term_positions(_PARTS_END.join(_facts(document)), start=start)
    body_start = _end(facts, start) + BODY_GAP
    body = term_positions(_text(document), start=body_start)
    characters = min(ranking.lead_characters, len(lead))
    leading = in_lead(body, body_start, normalize(_text(document)), characters)
    content = _Content()
    content.add(title, ranking.title_weight)
    content.add(facts, 1)
    content.add(body, 1)
    content.weigh(leading, ranking.lead_weight)
    postings = content.postings()
    passage = "".join(normalize(f"{document.title}。{lead[: ranking.nearness_characters]}").split())
    return {
        "content": postings,
        "title": _postings(title),
        "content_length": round(sum(posting[2] for posting in postings)),
        "title_length": title_end,
        "passage": passage.encode("utf-8", "surrogatepass"),
    }


def in_lead(terms: TermPositions, start: int, text: str, characters: int) -> TermPositions:
    """Those of the terms of a normalised text, beginning at ``start``, that end within so many
    of its characters."""
    end, behind = start, 0
    for unit in _UNIT.finditer(text):
        if unit.end() > characters:
            break
        is_parted = end > start and bool(text[behind : unit.start()].strip())
        end, behind = end + 1 + is_parted, unit.end()
    found = {
        term: [place for place in places if place + _units(term) <= end]
        for term, places in terms.items()
    }
    return {term: places for term, places in found.items() if places}


def _units(term: str) -> int:
    return len(term) if IS_HAN.match(term) else 1


def _numbers(document: Document) -> dict[str, list[str]]:
    """The keys by which its own number may be asked for, and the numbers that it names."""
    own = parse_document_number(document.document_number or "")
    told = f"{document.title}\n{document.text[:_NUMBERS_WITHIN]}"
    cited = {number.key for number in find_document_numbers(told)} - {own.key if own else ""}
    numbers = {"number": index_terms(own)} if own else {}
    return numbers | ({"cited": sorted(cited)} if cited else {})


def _facts(document: Document) -> Iterator[str]:
    """What is told of a document besides its text, each fact parted from the next."""
    facts = (
        " ".join(document.keywords),
        document.column,
        document.source,
        document.issuer,
        document.document_number,
        document.index_number,
        document.topic,
        document.issue,
    )
    return (fact for fact in facts if fact)


def _lead(document: Document) -> str:
    return document.text or document.description or ""


def _text(document: Document) -> str:
    """All searchable text but title and facts."""
    text = _lead(document)
    return _PARTS_END.join([text, *_untold(document.service, text)])


def _untold(service: Mapping[str, Any] | None, text: str) -> Iterator[str]:
    """What a guide says outside the text, such as in panes that open on demand."""
    if service:
        told = "".join(text.split())
        for value in searchable_text(service).values():
            lines = (line for line in value.splitlines() if "".join(line.split()) not in told)
            yield "\n".join(lines)


def _attached(attachments: Sequence[Document], limits: RankingParameters) -> str:
    """Titles and texts of a page's attachments, as much as may be searched by."""
    texts = (f"{one.title}\n{one.text[: limits.attachment_characters]}" for one in attachments)
    return _PARTS_END.join(texts)[: limits.attachments_characters]


class _Content:
    """Title, facts and text in one field, in which an occurrence counts as its field weighs."""

    def __init__(self) -> None:
        self._places: TermPositions = {}
        self._weights: dict[str, float] = {}

    def add(self, terms: TermPositions, weight: float) -> None:
        """Terms of a field whose positions lie behind those added before."""
        for term, places in terms.items():
            if term in self._places:
                self._places[term] = self._places[term] + places
                self._weights[term] += weight * len(places)
            else:
                self._places[term] = places
                self._weights[term] = weight * len(places)

    def weigh(self, terms: TermPositions, weight: float) -> None:
        """Let terms count more that stand in the content already."""
        for term, places in terms.items():
            if weight and term in self._weights:
                self._weights[term] += weight * len(places)

    def postings(self) -> list[Posting]:
        """As Whoosh takes them."""
        return [
            (term.encode(), len(places), self._weights[term], _FORMAT.encode(places))
            for term, places in self._places.items()
        ]


def _postings(terms: TermPositions) -> list[Posting]:
    return [
        (term.encode(), len(places), float(len(places)), _FORMAT.encode(places))
        for term, places in terms.items()
    ]


def _end(terms: TermPositions, start: int = 0) -> int:
    """Where the last position of a text ends that begins at ``start``."""
    return max((places[-1] for places in terms.values()), default=start - 1) + 1
