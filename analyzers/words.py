"""The project's own words: ``data/words/*.txt``, beside jieba's dictionary.

One word a line, a reason after ``#`` where it is not plain.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources


@lru_cache(maxsize=1)
def own_words() -> tuple[str, ...]:
    """Government terms, the city's places, and public bodies old and new, without repetitions."""
    folder = resources.files("analyzers").joinpath("data/words")
    files = sorted((file for file in folder.iterdir()), key=lambda file: file.name)
    lines = (line for file in files for line in file.read_text(encoding="utf-8").splitlines())
    words = (line.split("#", 1)[0].strip() for line in lines)
    return tuple(dict.fromkeys(word for word in words if word))
