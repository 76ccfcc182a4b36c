"""A gazette issue (公报) as the documents that stand in it."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

from indexer.document import Document
from indexer.extract import doctype, effect, gazette

_TITLE_LINES = 10


def unbundled(
    issue: Document,
    *,
    links: Sequence[tuple[str, str]] = (),
    pages: Sequence[int] = (),
    outline: Sequence[gazette.Bookmark] = (),
) -> tuple[Document, tuple[Document, ...]]:
    """An issue and the documents in it, each with an address that leads to its place.

    The issue keeps what stands before the first of them, which is its cover and contents, so
    that a search finds the document and not the three hundred pages around it. Anything else
    comes back as it is, without parts. ``links`` are pairs of an anchor's id on the same page
    and its text; ``pages`` and ``outline`` as in :class:`indexer.extract.files.FileText`.
    """
    name = gazette.issue_name(issue.title, issue.text.split("\n", _TITLE_LINES)[:_TITLE_LINES])
    if name is None:
        return issue, ()
    parts = gazette.split(
        issue.text, links=links, pages=pages, outline=outline, file_format=issue.filetype
    )
    if not parts:
        return issue, ()
    documents = tuple(_document(issue, name, part) for part in parts)
    front = issue.text[: parts[0].start].rstrip()
    # What its text says of numbers and days is said of the documents in it.
    of_parts = dict.fromkeys(
        ("document_number", "signed", "effective", "expires", "effect", "issuer")
    )
    return issue.with_(text=front, **of_parts), documents


def _document(issue: Document, name: str, part: gazette.Part) -> Document:
    facts = doctype.Facts(
        path=unquote(urlsplit(issue.url).path),
        column=issue.column or "",
        title=part.title,
        start=part.text[:200],
        number=part.number or "",
        filetype=issue.filetype,
    )
    in_force = effect.in_force(part.text, part.signed or issue.published)
    return Document(
        url=f"{issue.url}#{part.fragment}",
        title=part.title,
        text=part.text,
        site=issue.site,
        type=doctype.document_type(facts),
        column=issue.column,
        source=issue.source,
        document_number=part.number,
        published=issue.published,
        signed=part.signed,
        effective=in_force.effective,
        expires=in_force.expires,
        effect=effect.effect_of_title(part.title),
        filetype=issue.filetype,
        parent=issue.url,
        issue=name,
    )
