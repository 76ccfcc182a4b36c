"""The signature of a document: what tells copies from versions without the texts.

A resemblance alone cannot: a notice of another year has nearly all its words in common.
So the signature has three parts: a MinHash of 4-grams (Broder 1997) for the resemblance;
the text cut into chunks at places that its own characters choose (as Kornblum's context
triggered piecewise hashing, 2006), for where two texts differ; and the facts (title, number,
days, closing body, figures) in which versions of one policy differ.
"""

from __future__ import annotations

import re
from datetime import date
from hashlib import blake2b
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from rensa import RMinHash

from analyzers.document_number import parse_document_number
from analyzers.normalize import fold_characters
from indexer.document import Document
from indexer.likeness.rules import LikenessRules, likeness_rules

PERMUTATIONS: Final = 48
MOST_FIGURES: Final = 16
MOST_CHUNKS: Final = 32
COARSE_CHUNKS: Final = 20
EDGE_CHUNKS: Final = 16
EDGE_LINES: Final = 7
SIGNATURE: Final = np.dtype(
    [
        ("version", "u1"),
        ("level", "u1"),  # chunks end where a hash has so many zero bits; coarse: one more
        ("near", "u1"),  # 0: only equal texts are alike
        ("figure_count", "u1"),
        ("fine_count", "u1"),
        ("coarse_count", "u1"),
        ("length", "<u4"),  # folded characters
        ("title", "<u8"),
        ("text", "<u8"),
        ("kind", "<u4"),  # the file type
        ("number", "<u4"),
        ("body", "<u4"),
        ("signed", "<i4"),  # date.toordinal(), 0: unknown, like every fact here
        ("published", "<i4"),
        ("all_figures", "<u4"),
        ("figures", "<u2", (MOST_FIGURES,)),
        ("minhash", "u1", (PERMUTATIONS,)),
        ("fine", "<u2", (MOST_CHUNKS,)),
        ("coarse", "<u2", (COARSE_CHUNKS,)),
        # Both ends of the text, from the end inwards: its last characters, its last lines,
        # and chunks of a quarter of the fine ones.
        ("ends", "<u2", (2,)),
        ("lines", "<u2", (2, EDGE_LINES)),
        ("edges", "u1", (2, EDGE_CHUNKS)),
    ]
)
"""A signature as bytes; many of them, one after the other, are an array."""
SIGNATURE_VERSION: Final = 1
"""Signatures of different versions cannot be compared."""

_SEED: Final = 20091203
_GRAM: Final = 4
_MOST_GRAMS: Final = 20_000
"""Longer texts are judged by so much of them: reading on would change no verdict."""
_FEWEST_BITS: Final = 4
_CREDIT_LINES: Final = 4
_END: Final = 24
_NO_WORD: Final = re.compile(r"[\W_]+")
_FIGURE: Final = re.compile(r"\d+|[〇零一二三四五六七八九十百千万亿]+")
_MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)
_BASE: Final = 0x5851F42D4C957F2D


def likeness_of(document: Document) -> bytes:
    """The signature of a document, always of the same length."""
    rules = likeness_rules()
    lines = _without_credits(document.text.split("\n"), rules)
    text = _folded("".join(lines))
    row = np.zeros(1, SIGNATURE)
    record: Any = row[0]
    record["version"] = SIGNATURE_VERSION
    record["length"] = len(text)
    record["title"] = _hash(_bare_title(document.title, rules), 8)
    record["kind"] = _hash(document.filetype, 4)
    # A document without text is like no other but itself.
    record["text"] = _hash(text or document.url, 8)
    record["number"] = _hash(_number_key(document.document_number), 4)
    record["body"] = _hash(document.issuer or _closing_body(lines, rules), 4)
    record["signed"] = _ordinal(document.signed)
    record["published"] = _ordinal(document.published)
    if len(text) >= rules.shortest and document.type not in rules.equal_only:
        record["near"] = 1
        _describe(record, text)
        record["ends"] = _hash(text[:_END], 2), _hash(text[-_END:], 2)
        for side, edge in zip(record["lines"], (lines, lines[::-1]), strict=True):
            hashes = [_hash(_folded(line), 2) for line in edge[:EDGE_LINES]]
            side[: len(hashes)] = hashes
    return row.tobytes()


def _describe(record: Any, text: str) -> None:
    """The parts by which texts are compared that are not equal."""
    figures = sorted({_hash(figure, 4) for figure in _FIGURE.findall(text)})
    record["figure_count"] = min(len(figures), 255)
    record["all_figures"] = _hash(repr(figures), 4)
    kept = figures[:MOST_FIGURES]
    record["figures"][: len(kept)] = np.array(kept, np.uint64).astype(np.uint16)
    grams = text[:_MOST_GRAMS]
    minhash = RMinHash(num_perm=PERMUTATIONS, seed=_SEED)
    minhash.update([grams[i : i + _GRAM] for i in range(len(grams) - _GRAM + 1)])
    record["minhash"] = np.array(minhash.digest(), np.uint32).astype(np.uint8)
    _describe_chunks(record, _Chunker(text))


def _describe_chunks(record: Any, chunker: _Chunker) -> None:
    level = _FEWEST_BITS
    while len(fine := chunker.bounds(level)) > MOST_CHUNKS + 1:
        level += 1
    coarse = chunker.bounds(level + 1)
    coarse = coarse if len(coarse) <= COARSE_CHUNKS + 1 else coarse[:1]
    record["level"] = level
    for name, bounds in (("fine", fine), ("coarse", coarse)):
        record[f"{name}_count"] = len(bounds) - 1
        record[name][: len(bounds) - 1] = chunker.hashes(bounds)
    bounds = chunker.bounds(level - 2)
    head, tail = bounds[: EDGE_CHUNKS + 1], bounds[-EDGE_CHUNKS - 1 :]
    record["edges"][0, : len(head) - 1] = chunker.hashes(head).astype(np.uint8)
    record["edges"][1, : len(tail) - 1] = chunker.hashes(tail)[::-1].astype(np.uint8)


class _Chunker:
    """A text cut where a hash of four characters in a row ends in so many zero bits.

    What stands elsewhere moves no cut, and the cuts of a level are among those of the level
    before it.
    """

    def __init__(self, text: str) -> None:
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint64)
        mixed = codes * _MULTIPLIER
        mixed ^= mixed >> np.uint64(29)
        window = mixed[:-3] * np.uint64(3) + mixed[1:-2] * np.uint64(5)
        window += mixed[2:-1] * np.uint64(7) + mixed[3:] * np.uint64(11)
        self._window = (window * _MULTIPLIER) >> np.uint64(20)
        # A chunk's hash is the polynomial of its characters, from sums over the whole text.
        terms = mixed * _powers(_BASE, len(codes))
        self._sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(terms, dtype=np.uint64)])
        self._inverse = _powers(pow(_BASE, -1, 1 << 64), len(codes))

    def bounds(self, level: int) -> npt.NDArray[np.int64]:
        """Where chunks of 2 ** ``level`` characters on average begin, and the text's end."""
        ends = np.flatnonzero((self._window & np.uint64((1 << level) - 1)) == 0) + _GRAM
        return np.unique(np.concatenate([[0], ends, [len(self._sums) - 1]]))

    def hashes(self, bounds: npt.NDArray[np.int64]) -> npt.NDArray[np.uint16]:
        """The hashes of the chunks between consecutive bounds."""
        hashes = (self._sums[bounds[1:]] - self._sums[bounds[:-1]]) * self._inverse[bounds[:-1]]
        hashes ^= hashes >> np.uint64(32)
        kept: npt.NDArray[np.uint16] = ((hashes * _MULTIPLIER) >> np.uint64(48)).astype(np.uint16)
        return kept


def _powers(base: int, count: int) -> npt.NDArray[np.uint64]:
    """1, base, base ** 2 … modulo 2 ** 64."""
    powers = np.full(count, base, np.uint64)
    powers[0] = 1
    return np.cumprod(powers, dtype=np.uint64)


def _folded(text: str) -> str:
    """Letters, digits and ideographs only: line breaks and punctuation differ from system to
    system."""
    return _NO_WORD.sub("", fold_characters(text))


def _bare_title(title: str, rules: LikenessRules) -> str:
    for pattern in rules.title_decoration:
        title = pattern.sub("", title)
    return _folded(title)


def _without_credits(lines: list[str], rules: LikenessRules) -> list[str]:
    """The text without the lines at its edges that belong to the page."""
    edge = {*range(_CREDIT_LINES), *range(len(lines) - _CREDIT_LINES, len(lines))}
    kept = [
        line
        for number, line in enumerate(lines)
        if number not in edge or not rules.credits.match(line.strip()) or len(line) > 80
    ]
    return [line for line in kept if line.strip()]


def _closing_body(lines: list[str], rules: LikenessRules) -> str:
    """The body named on a line of its own near the end, where officials sign."""
    for line in lines[: -_CREDIT_LINES - 1 : -1]:
        name = "".join(line.split())
        if rules.closing_body.match(name):
            return name
    return ""


def _number_key(written: str | None) -> str:
    number = parse_document_number(written) if written else None
    return number.key if number else written or ""


def _hash(text: str, size: int) -> int:
    """0 for nothing."""
    if not text:
        return 0
    encoded = text.encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(encoded, digest_size=size).digest(), "little")


def _ordinal(day: date | None) -> int:
    return day.toordinal() if day else 0
