"""Hashes of terms and checks of arrays (FNV-1a, RFC 9923), compiled."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from analyzers.compiled import compiled

Slots = npt.NDArray[np.uint32]

_START: Final = np.uint64(0xCBF29CE484222325)
_PRIME: Final = np.uint64(0x100000001B3)
_HALF: Final = np.uint64(32)


@compiled
def check_of(words: Any) -> Any:
    """A check of an array of 32-bit words, itself of 32 bits: FNV-1a of eight parts of it at a
    time, so that a processor multiplies for one while it waits for the others."""
    one = two = three = four = five = six = seven = eight = _START
    whole = len(words) - len(words) % 8
    for at in range(0, whole, 8):
        one = (one ^ np.uint64(words[at])) * _PRIME
        two = (two ^ np.uint64(words[at + 1])) * _PRIME
        three = (three ^ np.uint64(words[at + 2])) * _PRIME
        four = (four ^ np.uint64(words[at + 3])) * _PRIME
        five = (five ^ np.uint64(words[at + 4])) * _PRIME
        six = (six ^ np.uint64(words[at + 5])) * _PRIME
        seven = (seven ^ np.uint64(words[at + 6])) * _PRIME
        eight = (eight ^ np.uint64(words[at + 7])) * _PRIME
    state = _START
    for lane in (one, two, three, four, five, six, seven, eight):
        state = (state ^ lane) * _PRIME
    for at in range(whole, len(words)):
        state = (state ^ np.uint64(words[at])) * _PRIME
    return np.uint32(state ^ (state >> _HALF))


@compiled
def checks_of(words: Any, ends: Any) -> Any:
    """A check of each of the parts of an array that end at ``ends``."""
    checks = np.empty(len(ends), np.uint32)
    start = 0
    for at in range(len(ends)):
        checks[at] = check_of(words[start : ends[at]])
        start = ends[at]
    return checks


@compiled
def _hash(field: int, text: Any) -> Any:
    state = (_START ^ np.uint64(field)) * _PRIME
    for byte in text:
        state = (state ^ np.uint64(byte)) * _PRIME
    return state ^ (state >> _HALF)


@compiled
def hash_of(text: Any) -> Any:
    """A hash of some bytes, of 64 bits."""
    return _hash(0, text)


@compiled
def set_hashes(
    text: Any, text_ends: Any, posting_ends: Any, numbers: Any, first: int, last: int, hashes: Any
) -> None:
    """Give the documents of each term from ``first`` to before ``last`` its hash. Numbers that no
    document has, as in a damaged file, are passed over."""
    for term in range(first, last):
        start = text_ends[term - 1] if term else 0
        found = hash_of(text[start : text_ends[term]])
        for at in range(posting_ends[term - 1] if term else 0, posting_ends[term]):
            if 0 <= numbers[at] < len(hashes):
                hashes[numbers[at]] = found


@compiled
def slots_of(field_ends: Any, text: Any, text_ends: Any) -> Any:
    """A hash table of terms with open addressing: term + 1, or 0 for nothing.

    Its length is a power of two, and at least twice the number of terms.
    """
    size = 2
    while size < 2 * len(text_ends):
        size *= 2
    slots = np.zeros(size, np.uint32)
    field, start = 0, 0
    for term in range(len(text_ends)):
        while term >= field_ends[field]:
            field += 1
        slot = _hash(field, text[start : text_ends[term]]) & np.uint64(size - 1)
        while slots[slot]:
            slot = (slot + np.uint64(1)) & np.uint64(size - 1)
        slots[slot] = term + 1
        start = text_ends[term]
    return slots


@compiled
def find_term(
    slots: Any, field: int, wanted: Any, first: int, last: int, text: Any, text_ends: Any
) -> int:
    """The term of these bytes among those of a field, which are from ``first`` to before
    ``last``; -1 if there is none."""
    mask = np.uint64(len(slots) - 1)
    slot = _hash(field, wanted) & mask
    while slots[slot]:
        term = np.int64(slots[slot]) - 1
        if first <= term < last:
            start = text_ends[term - 1] if term else 0
            if text_ends[term] - start == len(wanted):
                same = True
                for at in range(len(wanted)):
                    if text[start + at] != wanted[at]:
                        same = False
                        break
                if same:
                    return int(term)
        slot = (slot + np.uint64(1)) & mask
    return -1
