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
from struct import Struct
from typing import Any, Final, NamedTuple

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
_FINER: Final = 2
"""Bits fewer in the chunks of the edges."""
_CREDIT_LINES: Final = 4
_END: Final = 24
_NO_WORD: Final = re.compile(r"[\W_]+")
_FIGURE: Final = re.compile(r"\d+|[〇零一二三四五六七八九十百千万亿]+")


def likeness_of(document: Document) -> bytes:
    """The signature of a document, always of the same length."""
    rules = likeness_rules()
    lines = _without_credits(document.text.split("\n"), rules)
    text = _folded("".join(lines))
    is_near = len(text) >= rules.shortest and document.type not in rules.equal_only
    described = _describe(text, lines) if is_near else _UNDESCRIBED
    head = _HEAD.pack(
        SIGNATURE_VERSION,
        described.level,
        is_near,
        *described.counts,
        len(text),
        _hash(_bare_title(document.title, rules), 8),
        # A document without text is like no other but itself.
        _hash(text or document.url, 8),
        _hash(document.filetype, 4),
        _hash(_number_key(document.document_number), 4),
        _hash(document.issuer or _closing_body(lines, rules), 4),
        _ordinal(document.signed),
        _ordinal(document.published),
        described.all_figures,
    )
    return head + described.arrays


class _Described(NamedTuple):
    """The parts of a signature by which texts are compared that are not equal; ``counts`` of
    figures, fine and coarse chunks, ``arrays`` from the figures on."""

    level: int
    counts: tuple[int, int, int]
    all_figures: int
    arrays: bytes


_HEAD: Final = Struct("<6BIQQIIIiiI")
"""The fields of a signature before its arrays."""
_UNDESCRIBED: Final = _Described(0, (0, 0, 0), 0, bytes(SIGNATURE.itemsize - _HEAD.size))


def _describe(text: str, lines: list[str]) -> _Described:
    """Of a folded text, which has no character that numpy or UTF-32 would not keep."""
    from indexer.likeness.chunks import chunks, cuts  # Numba, which not every command needs

    figures = sorted({_hash(figure, 4) for figure in _FIGURE.findall(text)})
    encoded = text.encode("utf-32-le")
    grams = min(len(text), _MOST_GRAMS) - _GRAM + 1
    minhash = RMinHash(num_perm=PERMUTATIONS, seed=_SEED)
    # All strings of so many characters in a row, each a step of one further.
    minhash.update(np.ndarray(grams, f"<U{_GRAM}", encoded, strides=4).tolist())
    mixed, levels = cuts(np.frombuffer(encoded, "<u4"))
    level = _FEWEST_BITS
    while len(fine := chunks(mixed, levels, level)) > MOST_CHUNKS:
        level += 1
    coarse = chunks(mixed, levels, level + 1)
    coarse = coarse if len(coarse) <= COARSE_CHUNKS else coarse[:0]
    edges = chunks(mixed, levels, level - _FINER).astype("u1")
    arrays = (
        _filled(np.array(figures[:MOST_FIGURES], "<u4").astype("<u2"), MOST_FIGURES),
        np.array(minhash.digest(), "<u4").astype("u1").tobytes(),
        _filled(fine, MOST_CHUNKS),
        _filled(coarse, COARSE_CHUNKS),
        _ENDS.pack(_hash(text[:_END], 2), _hash(text[-_END:], 2)),
        *_line_hashes(lines),
        _filled(edges[:EDGE_CHUNKS], EDGE_CHUNKS),
        _filled(edges[::-1][:EDGE_CHUNKS], EDGE_CHUNKS),
    )
    counts = min(len(figures), 255), len(fine), len(coarse)
    return _Described(level, counts, _hash(repr(figures), 4), b"".join(arrays))


_ENDS: Final = Struct("<2H")


def _filled(values: npt.NDArray[Any], size: int) -> bytes:
    """So many values, zeros behind those that are there."""
    return values.tobytes().ljust(size * values.itemsize, b"\0")


def _line_hashes(lines: list[str]) -> tuple[bytes, bytes]:
    """Of the outermost lines of both ends, from the end inwards."""
    edge = lines if len(lines) <= 2 * EDGE_LINES else lines[:EDGE_LINES] + lines[-EDGE_LINES:]
    folded = fold_characters("\n".join(edge)).split("\n")  # no rule looks across lines
    hashes = np.array([_hash(_NO_WORD.sub("", line), 2) for line in folded], "<u2")
    first, last = hashes[:EDGE_LINES], hashes[::-1][:EDGE_LINES]
    return _filled(first, EDGE_LINES), _filled(last, EDGE_LINES)


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
    inner = range(_CREDIT_LINES, len(lines) - _CREDIT_LINES)
    return [
        line
        for number, line in enumerate(lines)
        if (bare := line.strip())
        and (number in inner or len(line) > 80 or not rules.credits.match(bare))
    ]


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
