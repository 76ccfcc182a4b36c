"""Which texts of a document stand in which field of the index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from analyzers.document_number import find_document_numbers, index_terms, parse_document_number
from indexer.document import Document
from indexer.index.ranking import RankingParameters
from indexer.service import searchable_text

PARTS_END: Final = "\n。\n"
"""Between what no phrase should join."""
_NUMBERS_WITHIN: Final = 20_000
"""Characters in which cited numbers are looked for."""


def facts_text(document: Document) -> str:
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
    return PARTS_END.join([fact for fact in facts if fact])


def lead_text(document: Document) -> str:
    """What its text begins with, or what is told instead of one."""
    return document.text or document.description or ""


def body_text(document: Document) -> str:
    """All searchable text but title and facts: what it leads with, and what a guide says
    outside the text, such as in panes that open on demand."""
    lead = lead_text(document)
    if not document.service:
        return lead
    return PARTS_END.join([lead, *_untold(document.service, lead)])


def attached_text(attachments: Sequence[Document], limits: RankingParameters) -> str:
    """Titles and texts of a page's attachments, as much as may be searched by."""
    texts = (f"{one.title}\n{one.text[: limits.attachment_characters]}" for one in attachments)
    return PARTS_END.join(texts)[: limits.attachments_characters]


def number_terms(document: Document) -> tuple[list[str], list[str]]:
    """The keys by which its own number may be asked for, and those of the numbers that it
    names."""
    own = parse_document_number(document.document_number) if document.document_number else None
    told = f"{document.title}\n{document.text[:_NUMBERS_WITHIN]}"
    cited = {number.key for number in find_document_numbers(told)} - {own.key if own else ""}
    return index_terms(own) if own else [], sorted(cited)


def _untold(service: Mapping[str, Any], text: str) -> Iterator[str]:
    told = "".join(text.split())
    for value in searchable_text(service).values():
        lines = (line for line in value.splitlines() if "".join(line.split()) not in told)
        yield "\n".join(lines)
