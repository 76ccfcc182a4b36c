"""What text is made of: runs of Chinese characters, runs of Latin letters or digits."""

from __future__ import annotations

import re
from typing import Final

HAN: Final = "々〆〇㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff"
"""Chinese characters, as the inside of a character class."""

RUN: Final = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+")
"""A run of normalised text: all Chinese, or all Latin letters and digits."""

IS_HAN: Final = re.compile(rf"[{HAN}]")
"""Whether a run is Chinese: ``IS_HAN.match(run)``."""
