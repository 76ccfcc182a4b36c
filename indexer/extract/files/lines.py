"""Lines of a page put together into paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_CJK_LINE: Final = re.compile(r"[\u4e00-\u9fff，、；：（《“]$")
_CJK_START: Final = re.compile(r"^[\u4e00-\u9fff，、；：）》”]")
_BEGINS: Final = re.compile(
    r"第[\d一二三四五六七八九十百零]+[条章节款]|[（(]?[\d一二三四五六七八九十]+[）)、.．]|附[件表录则]"
)
_FULL: Final = 0.7
_SHORTEST: Final = 15
"""Lines of running text are longer in every format of paper; cells of tables are not."""


def rejoined(lines: list[str]) -> Iterator[str]:
    """Lines of a page with paragraphs put together again.

    A full line that ends in the middle of Chinese goes on in the next: words broken over
    two lines could not be found otherwise. A new article or item begins a paragraph.
    """
    full = max(_SHORTEST, _FULL * max((len(line) for line in lines), default=0))
    begun = ""
    length = 0  # of the line that ``begun`` ends with
    for line in lines:
        goes_on = length >= full and _CJK_LINE.search(begun) and _CJK_START.match(line)
        if begun and (not goes_on or _BEGINS.match(line)):
            yield begun
            begun = ""
        begun += line.rstrip()
        length = len(line)
    yield begun
