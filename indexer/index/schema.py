"""The Whoosh schema, and how a document becomes a row of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from pickle import dumps
from struct import Struct
from typing import Any

from whoosh import fields, formats
from whoosh.analysis import Analyzer, Token
from whoosh.columns import NumericColumn

from analyzers.document_number import parse_document_number
from analyzers.normalize import normalize
from analyzers.pinyin import full_pinyin, pinyin_initials
from analyzers.segment import analysis_fingerprint, default_segmenter
from analyzers.terms import TermPositions, query_terms, term_positions
from indexer.document import Document
from indexer.index.engine import IndexEntry
from indexer.index.guides import guide_field, guide_fields
from indexer.index.ranking import ranking_parameters
from indexer.service import searchable_text

SCHEMA_VERSION = 2
"""Raise it when fields change: an index of another version is rebuilt."""

_BODY_GAP = 100
"""Positions between title and body, so that no phrase runs across."""
_SUGGESTED_TITLE = 60
"""Longer titles are cut for suggestions: nobody types on after so many characters."""
_PARTS_END = "\n。\n"
"""Between what no phrase should join."""
_WORD = re.compile(r"\w+")
_pack_count = Struct("!I").pack

Posting = tuple[bytes, int, float, bytes]
"""Term, frequency (counts towards the field's length), weight, encoded positions."""


class ChineseAnalyzer(Analyzer):  # type: ignore[misc]
    """The product's terms as Whoosh tokens, for plain Whoosh tools on this index."""

    def __call__(self, value: str, mode: str = "", **_options: Any) -> Iterator[Token]:
        """Tokens with positions; in query mode the words that a query requires."""
        token = Token(positions=True, boosts=True, mode=mode)
        token.boost = 1.0
        if mode == "query":
            for position, term in enumerate(query_terms(normalize(value)).required):
                token.text, token.pos = term, position
                yield token
            return
        for term, positions in term_positions(value).items():
            for position in positions:
                token.text, token.pos = term, position
                yield token


class AnalyzedText(fields.FieldType):  # type: ignore[misc]
    """Full text with positions; takes a string, or postings that are ready."""

    def __init__(self) -> None:
        super().__init__(
            formats.Positions(), ChineseAnalyzer(), scorable=True, multitoken_query="and"
        )

    def index(self, value: str | list[Posting], **options: Any) -> Any:
        """Postings of one document; bypasses Whoosh's tokens where they are ready."""
        return value if isinstance(value, list) else super().index(value, **options)


class Terms(fields.FieldType):  # type: ignore[misc]
    """A set of exact terms, given as an iterable of strings."""

    def __init__(self) -> None:
        super().__init__(formats.Existence(), None)

    def index(self, value: Any, **_options: Any) -> list[Posting]:
        """One posting for each different term."""
        return [(term.encode(), 1, 1.0, b"") for term in dict.fromkeys(value)]


def build_schema() -> fields.Schema:
    """All fields of the index."""
    return fields.Schema(
        key=fields.ID(unique=True, sortable=True),
        digest=fields.COLUMN(),
        content=AnalyzedText(),  # title and body in one: see ranking.yaml
        title=AnalyzedText(),
        attached=AnalyzedText(),  # titles and texts of a page's attachments
        title_key=Terms(),
        number=Terms(),
        site=Terms(),
        type=Terms(),
        column=Terms(),
        filetype=Terms(),
        effect=Terms(),
        suggest=Terms(),
        published=fields.COLUMN(NumericColumn("i", default=0)),  # date.toordinal(), 0: unknown
        content_length=fields.COLUMN(NumericColumn("i", default=0)),
        title_length=fields.COLUMN(NumericColumn("i", default=0)),
        attached_length=fields.COLUMN(NumericColumn("i", default=0)),
        cluster=fields.COLUMN(NumericColumn("q", default=0)),  # 0: no near-duplicates
        place=fields.COLUMN(NumericColumn("i", default=0)),
        name=fields.COLUMN(),  # the title, to be read without the whole record
        record=fields.STORED(),
        attachments=fields.STORED(),
        **{guide_field(key): AnalyzedText() for key in guide_fields()},
    )


def index_fingerprint() -> str:
    """Equal for indexes that the running code can search: schema, analysis, field weights."""
    ranking = ranking_parameters()
    bounds = f"{ranking.attachment_characters} {ranking.attachments_characters}"
    written = f"{ranking.title_weight} {bounds} {' '.join(guide_fields())}"
    parts = f"{SCHEMA_VERSION} {written} {analysis_fingerprint()}"
    return hashlib.blake2b(parts.encode(), digest_size=8).hexdigest()


def document_fields(entry: IndexEntry) -> dict[str, Any]:
    """The keyword arguments of Whoosh's ``add_document`` for one entry."""
    document = entry.document
    title = term_positions(document.title)
    title_end = _end(title)
    body = term_positions(_body(document), start=title_end + _BODY_GAP)
    title_weight = ranking_parameters().title_weight
    content = _merge(title, body, title_weight)
    row: dict[str, Any] = {
        "key": document.url,
        "digest": entry.digest.encode(),
        "content": content,
        "title": _postings(title),
        "title_key": [title_key(document.title)],
        "suggest": suggestion_keys(document),
        "published": document.published.toordinal() if document.published else 0,
        "content_length": sum(posting[1] for posting in content),
        "title_length": title_end,
        "cluster": entry.cluster,
        "place": entry.place,
        "name": document.title.encode("utf-8", "surrogatepass"),
        "record": document.to_record(),
        "attachments": [(one.url, one.title, one.filetype) for one in entry.attachments],
    }
    if entry.attachments:
        row["attached"] = _postings(term_positions(_attached(entry.attachments)))
        row["attached_length"] = sum(posting[1] for posting in row["attached"])
    guide = searchable_text(document.service) if document.service else {}
    for key in guide_fields():
        if guide.get(key):
            row[guide_field(key)] = _postings(term_positions(guide[key]))
    for name in ("site", "type", "column", "filetype", "effect"):
        value = getattr(document, name)
        if value:
            row[name] = [value]
    number = parse_document_number(document.document_number or "")
    if number is not None:
        row["number"] = [number.key]
    return row


def _body(document: Document) -> str:
    """All searchable text but the title; facts first, each on a line of its own."""
    text = document.text or document.description or ""
    facts = (
        " ".join(document.keywords),
        document.column,
        document.source,
        document.issuer,
        document.document_number,
        document.index_number,
        document.topic,
        document.issue,
        text,
        *_untold(document.service, text),
    )
    return _PARTS_END.join(fact for fact in facts if fact)


def _untold(service: Mapping[str, Any] | None, text: str) -> Iterator[str]:
    """What a guide says outside the text, such as in panes that open on demand."""
    if service:
        told = "".join(text.split())
        for value in searchable_text(service).values():
            lines = (line for line in value.splitlines() if "".join(line.split()) not in told)
            yield "\n".join(lines)


def _attached(attachments: Sequence[Document]) -> str:
    """Titles and texts of a page's attachments, as much as may be searched by."""
    limits = ranking_parameters()
    texts = (f"{one.title}\n{one.text[: limits.attachment_characters]}" for one in attachments)
    return _PARTS_END.join(texts)[: limits.attachments_characters]


def _merge(title: TermPositions, body: TermPositions, title_weight: int) -> list[Posting]:
    postings = []
    for term, places in body.items():
        in_title = title.get(term)
        if in_title is None:
            postings.append(_posting(term, places, 1))
        else:
            frequency = len(places) + title_weight * len(in_title)
            value = _encode(in_title + places)
            postings.append((term.encode(), frequency, float(frequency), value))
    postings += [
        _posting(term, places, title_weight) for term, places in title.items() if term not in body
    ]
    return postings


def _postings(terms: TermPositions) -> list[Posting]:
    return [_posting(term, places, 1) for term, places in terms.items()]


def _posting(term: str, places: list[int], weight: int) -> Posting:
    frequency = weight * len(places)
    return term.encode(), frequency, float(frequency), _encode(places)


def _encode(places: list[int]) -> bytes:
    """As ``whoosh.formats.Positions.encode``, which is a method of an instance."""
    base = 0
    deltas = []
    for place in places:
        deltas.append(place - base)
        base = place
    return _pack_count(len(deltas)) + dumps(deltas, 2)


def _end(title: TermPositions) -> int:
    """Units of a text, which is also where its last position ends."""
    return max((places[-1] for places in title.values()), default=-1) + 1


def title_key(title: str) -> str:
    """A title without what people leave out when they type it: spaces, punctuation, width."""
    return "".join(_WORD.findall(normalize(title)))


def suggestion_keys(document: Document) -> list[str]:
    """What somebody may have typed of this title so far: itself, its pinyin, its initials.

    A service guide is found from the inside of its name too (营业执照 in 个体工商户营业执照
    办理): people know the licence, not how the guide begins.
    """
    title = title_key(document.title)[:_SUGGESTED_TITLE]
    starts = {0}
    if document.type == "service":
        starts.update(_word_starts(title))
    keys = []
    for start in sorted(starts):
        rest = title[start:]
        keys += [f"t:{rest}", f"p:{full_pinyin(rest)}", f"i:{pinyin_initials(rest)}"]
    return keys


def _word_starts(title: str) -> Iterator[int]:
    """Where a dictionary word of two to four characters begins."""
    segmenter = default_segmenter()
    for start in range(len(title)):
        if any(segmenter.is_word(title[start : start + length]) for length in (2, 3, 4)):
            yield start
