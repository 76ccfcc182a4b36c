"""The Whoosh schema."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from whoosh import fields, formats
from whoosh.analysis import Analyzer, Token
from whoosh.columns import NumericColumn

from analyzers.concepts import concepts_of
from analyzers.normalize import normalize
from analyzers.segment import analysis_fingerprint
from analyzers.terms import term_positions
from indexer.index.formats import CompactPositions
from indexer.index.guides import guide_field, guide_fields
from indexer.index.ranking import RankingParameters

SCHEMA_VERSION = 4
"""Raise it when fields change: an index of another version is rebuilt."""

BODY_GAP = 100
"""Positions between title and body, so that no phrase runs across."""
_WORD = re.compile(r"\w+")

Posting = tuple[bytes, int, float, bytes]
"""Term, frequency (counts towards the field's length), weight, encoded positions."""


class ChineseAnalyzer(Analyzer):  # type: ignore[misc]
    """The product's terms as Whoosh tokens, for plain Whoosh tools on this index."""

    def __call__(self, value: str, mode: str = "", **_options: Any) -> Iterator[Token]:
        """Tokens with positions; in query mode the words that a query requires."""
        token = Token(positions=True, boosts=True, mode=mode)
        token.boost = 1.0
        if mode == "query":
            asked = concepts_of([normalize(value)], exact=True).concepts
            for position, concept in enumerate(asked):
                for term in concept.alternatives[0].terms:
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
            CompactPositions(), ChineseAnalyzer(), scorable=True, multitoken_query="and"
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
        cited=Terms(),  # document numbers that the text names
        host=Terms(),
        site=Terms(),
        type=Terms(),
        column=Terms(),
        filetype=Terms(),
        effect=Terms(),
        published=fields.COLUMN(NumericColumn("i", default=0)),  # date.toordinal(), 0: unknown
        content_length=fields.COLUMN(NumericColumn("i", default=0)),
        title_length=fields.COLUMN(NumericColumn("i", default=0)),
        attached_length=fields.COLUMN(NumericColumn("i", default=0)),
        cluster=fields.COLUMN(NumericColumn("q", default=0)),  # 0: no near-duplicates
        place=fields.COLUMN(NumericColumn("i", default=0)),
        name=fields.COLUMN(),  # the title, to be read without the whole record
        sounds=fields.COLUMN(),  # how it sounds: analyzers.title_sounds
        passage=fields.COLUMN(),  # title and beginning of the text, for nearness
        record=fields.STORED(),
        attachments=fields.STORED(),
        **{guide_field(key): AnalyzedText() for key in guide_fields()},
    )


def index_fingerprint(ranking: RankingParameters) -> str:
    """Equal for indexes that the running code can search: schema, analysis, field weights."""
    weights = (ranking.title_weight, ranking.lead_weight, ranking.lead_characters)
    bounds = (
        ranking.attachment_characters,
        ranking.attachments_characters,
        ranking.nearness_characters,
    )
    parts = (SCHEMA_VERSION, *weights, *bounds, *guide_fields(), analysis_fingerprint())
    return hashlib.blake2b(repr(parts).encode(), digest_size=8).hexdigest()


def title_key(title: str) -> str:
    """A title without what people leave out when they type it: spaces, punctuation, width."""
    return key_of_normalized(normalize(title))


def key_of_normalized(title: str) -> str:
    """:func:`title_key` of a title that is normalised."""
    return "".join(_WORD.findall(title))
