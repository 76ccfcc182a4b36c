"""Many documents as an inverted index and rows, at once: what a segment is made of."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pickle import dumps
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from whoosh.util.numeric import byte_to_length

from analyzers.bulk import Analyzed, Part, analyze
from analyzers.bulk_sounds import sounds_of_titles
from analyzers.normalize import fold_characters, normalize, with_figures
from indexer.document import Document
from indexer.index.batch_arrays import exact_postings, invert
from indexer.index.document_texts import (
    attached_text,
    body_text,
    facts_text,
    lead_text,
    number_terms,
)
from indexer.index.engine import AnyEntry, IndexEntry
from indexer.index.guides import guide_field, guide_fields
from indexer.index.hosts import host_terms
from indexer.index.postings.inverted import Inverted
from indexer.index.ranking import RankingParameters
from indexer.index.rows import Rows, joined
from indexer.index.schema import BODY_GAP, key_of_normalized
from indexer.service import searchable_text

_COMPRESSED: Final = 1_000
"""Bytes from which on a stored document is worth compressing: shorter ones hardly shrink, and
it would take a third of the time of all that is done here."""
_LEVEL: Final = 3
_PICKLED: Final = 2
"""As Whoosh does it: its compression level, and its pickle protocol."""
_LENGTHS: Final = np.array([byte_to_length(byte) for byte in range(256)], np.int64)
_EXACT: Final = ("site", "type", "column", "filetype", "effect")


def invert_entries(
    entries: Sequence[AnyEntry], ranking: RankingParameters
) -> tuple[Inverted, Rows]:
    """The postings of documents in all fields of the schema, and what else is kept of them.

    Args:
        entries: numbered in their order; a second and less than 300 MB for a million
            characters.
        ranking: how occurrences count, and how much of each text.

    Raises:
        UnicodeEncodeError: an address or a word of a filter has half of a surrogate pair.
    """
    batch = _Batch(ranking)
    for number, entry in enumerate(entries):
        batch.add(number, entry.unpack())
    return batch.inverted(), batch.rows()


class _Batch:
    """What is gathered of documents, and then made into arrays field by field."""

    def __init__(self, ranking: RankingParameters) -> None:
        self._ranking = ranking
        self._parts: dict[str, list[Part]] = {"content": [], "title": []}
        self._exact: dict[str, dict[str, list[int]]] = {}
        self._analyzed: dict[str, Analyzed] = {}
        self._documents: list[Document] = []
        self._numbers: dict[str, list[int]] = {"published": [], "cluster": [], "place": []}
        self._blobs: dict[str, list[bytes]] = {"key": [], "digest": [], "name": [], "passage": []}
        self._folded: list[str] = []
        self._stored: list[bytes] = []

    def add(self, number: int, entry: IndexEntry) -> None:
        """Gather a document; numbers ascend."""
        document = entry.document
        folded = fold_characters(document.title)
        title = with_figures(folded)
        self._folded.append(folded)
        self._add_content(number, document, title)
        if entry.attachments:
            text = normalize(attached_text(entry.attachments, self._ranking))
            self._parts.setdefault("attached", []).append(Part(text, number))
        if document.service:
            self._add_guide(number, searchable_text(document.service))
        self._add_exact(number, document, title)
        self._numbers["published"].append(
            document.published.toordinal() if document.published else 0
        )
        self._numbers["cluster"].append(entry.cluster)
        self._numbers["place"].append(entry.place)
        self._blobs["key"].append(document.url.encode())
        self._blobs["digest"].append(entry.digest.encode())
        self._blobs["name"].append(document.title.encode("utf-8", "surrogatepass"))
        attachments = [(one.url, one.title, one.filetype) for one in entry.attachments]
        self._stored.append(_stored(document, attachments))

    def _add_content(self, number: int, document: Document, title: str) -> None:
        """Title, facts and text in one field, in which an occurrence counts as it weighs."""
        ranking, lead = self._ranking, lead_text(document)
        body = normalize(body_text(document))
        facts = normalize(facts_text(document))
        self._parts["title"].append(Part(title, number))
        self._parts["content"] += (
            Part(title, number, ranking.title_weight),
            Part(facts, number, 1.0, True),
            Part(body, number, 1.0, True, min(ranking.lead_characters, len(lead))),
        )
        is_whole = len(lead) <= ranking.nearness_characters and not document.service
        begins = body if is_whole else normalize(lead[: ranking.nearness_characters])
        # No rule of normalisation looks across the mark between them.
        passage = "".join(f"{title}。{begins}".split())
        self._blobs["passage"].append(passage.encode())

    def _add_guide(self, number: int, guide: dict[str, str]) -> None:
        for key in guide_fields():
            if guide.get(key):
                part = Part(normalize(guide[key]), number)
                self._parts.setdefault(guide_field(key), []).append(part)

    def _add_exact(self, number: int, document: Document, title: str) -> None:
        self._add_terms("key", number, [document.url])
        self._add_terms("title_key", number, [key_of_normalized(title)])
        self._add_terms("host", number, _hosts(document.url))
        for name in _EXACT:
            value = getattr(document, name)
            if value:
                self._add_terms(name, number, [value])
        own, cited = number_terms(document)
        self._add_terms("number", number, own)
        self._add_terms("cited", number, cited)

    def _add_terms(self, field: str, number: int, terms: Iterable[str]) -> None:
        known = self._exact.setdefault(field, {})
        for term in dict.fromkeys(terms):
            known.setdefault(term, []).append(number)

    def inverted(self) -> Inverted:
        """The postings of all fields."""
        documents = len(self._stored)
        for field, parts in self._parts.items():
            weight = self._ranking.lead_weight
            self._analyzed[field] = analyze(parts, documents, BODY_GAP, weight)
        fields = {field: exact_postings(terms) for field, terms in self._exact.items()}
        fields |= {field: analyzed.postings for field, analyzed in self._analyzed.items()}
        return invert(documents, fields)

    def rows(self) -> Rows:
        """Columns and stored fields; after :meth:`inverted`, which counts lengths."""
        lengths = {field: analyzed.lengths for field, analyzed in self._analyzed.items()}
        nothing = np.zeros(len(self._stored), np.int32)
        numeric: dict[str, npt.NDArray[Any]] = {
            "published": np.array(self._numbers["published"], np.int32),
            "cluster": np.array(self._numbers["cluster"], np.int64),
            "place": np.array(self._numbers["place"], np.int32),
            "content_length": np.rint(self._analyzed["content"].sums).astype(np.int32),
            "title_length": self._analyzed["title"].behind.astype(np.int32),
            "attached_length": lengths.get("attached", nothing).astype(np.int32),
        }
        self._blobs["sounds"] = sounds_of_titles(self._folded)
        return Rows(
            documents=len(self._stored),
            numeric=numeric,
            blobs={name: joined(blobs) for name, blobs in self._blobs.items()},
            stored=joined(self._stored),
            length_bytes={field: _length_bytes(found) for field, found in lengths.items()},
            field_lengths={field: int(found.sum()) for field, found in lengths.items()},
        )


def _stored(document: Document, attachments: list[tuple[str, str, str]]) -> bytes:
    """As :data:`whoosh.codec.whoosh3.STORED_COLUMN` keeps it."""
    fields = {"attachments": attachments, "record": document.to_record()}
    pickled = dumps(fields, _PICKLED)
    return zlib.compress(pickled, _LEVEL if len(pickled) >= _COMPRESSED else 0)


def _hosts(url: str) -> list[str]:
    """:func:`host_terms`, from memory for the addresses of one site."""
    if url.startswith(("http://", "https://")):
        end = url.find("/", len("https://"))
        return _known_hosts(url[:end] if end > 0 else url)
    return host_terms(url)


_known_hosts = lru_cache(maxsize=1_000)(host_terms)


def _length_bytes(lengths: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
    """As :func:`whoosh.util.numeric.length_to_byte` does it, many at once."""
    return np.minimum(np.searchsorted(_LENGTHS, lengths), len(_LENGTHS) - 1).astype(np.uint8)
