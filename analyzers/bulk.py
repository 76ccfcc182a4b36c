"""The terms of many normalised texts at once: what :func:`analyzers.terms.term_positions` finds
in each, put together term by term.

A batch of texts is one array of code points (UTF-32). Compiled code makes units of them, walks
over these with the dictionary in hand, and sorts what it found by counting.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from analyzers.bulk_dictionary import dictionary
from analyzers.bulk_group import count_postings, encode_terms, group, order_numbers
from analyzers.bulk_units import ALPHANUMERIC, HAN, MARK, SPACE, find_units
from analyzers.bulk_walk import find_terms
from analyzers.units import HAN as HAN_RANGES

_CLASSES: Final = {
    SPACE: re.compile(r"\s+"),
    HAN: re.compile(rf"[{HAN_RANGES}]+"),
    ALPHANUMERIC: re.compile(rf"[^\W_{HAN_RANGES}]+"),
}
_CODE_POINTS: Final = 0x110000


class Part(NamedTuple):
    """A piece of text of a document, and how its terms count.

    Attributes:
        text: normalised.
        document: its number; ascending from part to part.
        weight: of each occurrence of a term.
        joins: whether its positions go on behind those of the part before, a gap between.
        lead: so many characters at its beginning are its lead: what ends within them weighs
            more.
    """

    text: str
    document: int
    weight: float = 1.0
    joins: bool = False
    lead: int = 0


class Postings(NamedTuple):
    """The terms of one field; see ``indexer.index.postings.inverted``.

    Terms ascend by their bytes in UTF-8. With T terms, P postings and Q positions:

    Attributes:
        text, text_ends: the bytes of all terms, and (T) where each ends.
        posting_ends: (T) where the postings of each end.
        position_starts: (T + 1) where the positions of each begin.
        numbers: (P) documents, ascending within a term.
        weights: (P) the weights of all its occurrences in each.
        position_ends: (P) where positions end, counted from the term's first.
        positions: (Q) ascending within a posting.
    """

    text: npt.NDArray[np.uint8]
    text_ends: npt.NDArray[np.int64]
    posting_ends: npt.NDArray[np.int64]
    position_starts: npt.NDArray[np.int64]
    numbers: npt.NDArray[np.int32]
    weights: npt.NDArray[np.float32]
    position_ends: npt.NDArray[np.uint32]
    positions: npt.NDArray[np.uint32]


class Analyzed(NamedTuple):
    """A field of D documents, of N parts.

    Attributes:
        postings: of all of them.
        lengths: (D) how many positions each document has.
        sums: (D) the weights of each document, of all terms.
        behind: (N) the position behind the last of each part.
    """

    postings: Postings
    lengths: npt.NDArray[np.int64]
    sums: npt.NDArray[np.float64]
    behind: npt.NDArray[np.int64]


def analyze(
    parts: Sequence[Part], documents: int, gap: int = 0, lead_weight: float = 0.0
) -> Analyzed:
    """The terms of a field.

    Args:
        parts: in the order of documents; a document may have none.
        documents: how many there are.
        gap: positions between a part and one that joins it.
        lead_weight: what an occurrence in a lead weighs besides.
    """
    codes = code_points([part.text for part in parts])
    ends = np.cumsum(np.fromiter((len(part.text) for part in parts), np.int64, len(parts)))
    begins = np.concatenate((np.zeros(1, np.int64), ends[:-1]))[: len(parts)]
    nodes = dictionary()
    leads, joins = _column(parts, "lead", np.int64), _column(parts, "joins", np.bool_)
    units, unit_ends, lead_ends, run_begins, run_ends = find_units(
        codes, begins, ends, leads, classes()
    )
    stream, places, leading, stops, behind, keys, seen = find_terms(
        units, unit_ends, lead_ends, len(run_ends), joins, gap, nodes
    )
    ranks = _ranks(codes, run_begins, run_ends)
    numbers = _column(parts, "document", np.int32)
    order = np.argsort(
        order_numbers(keys, seen, units, nodes, codes[run_begins], ranks), kind="stable"
    )
    text, text_ends = encode_terms(order, keys, seen, units, nodes, codes, run_begins, run_ends)
    places_of = np.empty(len(keys), np.int32)
    places_of[order] = np.arange(len(order), dtype=np.int32)
    posting_ends, position_starts = count_postings(stream, stops, numbers, places_of)
    lengths, sums = np.zeros(documents, np.int64), np.zeros(documents, np.float64)
    grouped = group(
        stream,
        places,
        leading,
        stops,
        numbers,
        _column(parts, "weight", np.float64),
        lead_weight,
        places_of,
        posting_ends,
        position_starts,
        lengths,
        sums,
    )
    postings = Postings(text, text_ends, posting_ends, position_starts, *grouped)
    return Analyzed(postings, lengths, sums, behind)


def code_points(texts: Iterable[str]) -> npt.NDArray[np.uint32]:
    """The code points of texts, one after the other."""
    encoded = "".join(texts).encode("utf-32-le", "surrogatepass")
    return np.frombuffer(bytearray(encoded), np.uint32)


@lru_cache(maxsize=1)
def classes() -> npt.NDArray[np.uint8]:
    """The class of each code point: see :mod:`analyzers.bulk_units`."""
    return code_point_table(_CLASSES, otherwise=MARK)


def code_point_table(
    kinds: Mapping[int, re.Pattern[str]], otherwise: int = 0
) -> npt.NDArray[np.uint8]:
    """A number for each code point: that of the pattern for runs of such characters."""
    every = np.arange(_CODE_POINTS, dtype=np.uint32).tobytes().decode("utf-32-le", "surrogatepass")
    table = np.full(_CODE_POINTS, otherwise, np.uint8)
    for kind, pattern in kinds.items():
        for run in pattern.finditer(every):
            table[run.start() : run.end()] = kind
    return table


def _column(parts: Sequence[Part], name: str, dtype: Any) -> npt.NDArray[Any]:
    at = Part._fields.index(name)
    return np.fromiter((part[at] for part in parts), dtype, len(parts))


def _ranks(codes: npt.NDArray[np.uint32], begins: Any, ends: Any) -> npt.NDArray[np.int64]:
    """The place of each Latin run among all in the order of code points."""
    runs = [
        codes[begin:end].tobytes().decode("utf-32-le")
        for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)
    ]
    ranks = np.empty(len(runs), np.int64)
    ranks[sorted(range(len(runs)), key=runs.__getitem__)] = np.arange(len(runs))
    return ranks
