"""Words of the project's own dictionaries by what they sound like: sbk is 社保卡.

For what titles do not say in just these words. The words are chosen by people, few thousand,
so that homophones hardly meet.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from importlib import resources

from analyzers.bodies import bodies
from analyzers.own_data import load_yaml
from analyzers.pinyin import full_pinyin, pinyin_initials
from analyzers.synonyms import default_synonyms
from analyzers.words import own_words

_FEWEST_INITIALS = 3


def words_that_sound(letters: str) -> tuple[str, ...]:
    """The words whose pinyin (ü as v) or, from three letters on, initials are ``letters``.

    Own words come before synonyms and bodies.
    """
    return _by_sound().get(letters.replace("v", "u"), ())


@lru_cache(maxsize=1)
def _by_sound() -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for word in dict.fromkeys(_words()):
        short = pinyin_initials(word)
        sounds = [full_pinyin(word), *([short] if len(short) >= _FEWEST_INITIALS else [])]
        for sound in sounds:
            found.setdefault(sound.replace("v", "u"), {})[word] = None
    return {sound: tuple(words) for sound, words in found.items()}


def _words() -> Iterator[str]:
    yield from own_words()
    yield from default_synonyms()
    text = resources.files("analyzers").joinpath("data/pinyin.yaml").read_text("utf-8")
    places = load_yaml(text)["before_bodies"]
    for name in sorted(bodies().names):
        yield name
        if name.startswith("市"):
            yield from (place + name for place in places)
