"""A text cut into chunks at places that its own characters choose, and a hash of each.

What stands elsewhere moves no cut, and the cuts of a level are among those of the level before
it. Compiled: see :mod:`analyzers.compiled`.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from analyzers.compiled import compiled

GRAM: Final = 4
"""Characters in a row whose hash decides whether a chunk ends behind them."""
_MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)
_BASE: Final = np.uint64(0x5851F42D4C957F2D)
_FACTORS: Final = np.array([3, 5, 7, 11], np.uint64)
_ONE: Final = np.uint64(1)
_20, _29, _32, _48 = map(np.uint64, (20, 29, 32, 48))


@compiled
def cuts(codes: npt.NDArray[np.uint32]) -> tuple[Any, Any]:
    """Of each character a number made of it, and of each place but the first and the last the
    highest level at which a chunk ends there.

    Args:
        codes: code points.
    """
    mixed = np.empty(len(codes), np.uint64)
    for at in range(len(codes)):
        one = np.uint64(codes[at]) * _MULTIPLIER
        mixed[at] = one ^ (one >> _29)
    levels = np.zeros(len(codes) + 1, np.int8)
    for at in range(GRAM, len(codes)):
        window = np.uint64(0)
        for each in range(GRAM):
            window += mixed[at - GRAM + each] * _FACTORS[each]
        window = (window * _MULTIPLIER) >> _20
        while window & _ONE == np.uint64(0) and levels[at] < 44:
            window >>= _ONE
            levels[at] += 1
    return mixed, levels


@compiled
def chunks(
    mixed: npt.NDArray[np.uint64], levels: npt.NDArray[np.int8], level: int
) -> npt.NDArray[np.uint16]:
    """The hashes of the chunks of 2 ** ``level`` characters on average.

    Args:
        mixed, levels: from :func:`cuts`.
    """
    hashes = np.empty(len(mixed), np.uint16)
    count = 0
    start = 0
    for end in range(1, len(mixed) + 1):
        if end < len(mixed) and levels[end] < level:
            continue
        power = _ONE
        total = np.uint64(0)
        for at in range(start, end):
            total += mixed[at] * power
            power *= _BASE
        total ^= total >> _32
        hashes[count] = np.uint16((total * _MULTIPLIER) >> _48)
        count += 1
        start = end
    return hashes[:count]
