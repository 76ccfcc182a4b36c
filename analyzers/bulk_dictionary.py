"""Words as a tree that compiled code walks: those of jieba's dictionary and the project's own.

A node stands for what a word begins with, or a word; the nodes of one length follow each other
in the order of code points, so that the children of each are in a row behind those of the one
before. It is made once from jieba's own dictionary in memory and kept in a file that processes
map: whoever only reads it needs no jieba.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib import metadata
from math import log
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from analyzers.compiled import compiled
from analyzers.private_directory import private_directory
from analyzers.segment import default_segmenter
from analyzers.words import own_words

NODE: Final = np.dtype(
    [
        ("weight", np.float64),
        ("label", np.uint32),
        ("first", np.int32),
        ("rank", np.int32),
        ("length", np.int32),
    ]
)
"""``weight``: natural logarithm of a word's frequency, negative for what only begins words, and
that of all words' at the root; ``label``: the last character; ``first``: the first child, the
last one's is right before the first of the node behind; ``rank``: its place among all nodes
in the order of code points; ``length``: its characters."""

Nodes = npt.NDArray[Any]
"""Of :data:`NODE`: the root, all nodes by their length, and a last one that ends the children."""

LONGEST_WORD: Final = 62
"""Characters that a word may have."""
_VERSION: Final = 2
"""Raise it when the tree is made in another way."""
_NO_WORD: Final = -1.0


@lru_cache(maxsize=1)
def dictionary() -> Nodes:
    """The words of :func:`analyzers.segment.default_segmenter`."""
    version = (metadata.version("jieba"), sorted(own_words()))

    def make() -> Nodes:
        segmenter = default_segmenter()
        return make_nodes(segmenter.prefixes, segmenter.total)

    return kept_nodes("words", repr(version), make)


def kept_nodes(name: str, version: str, make: Callable[[], Nodes]) -> Nodes:
    """A tree, read-only: that of its file, which is made where it is missing.

    Args:
        name: what the file's begins with.
        version: whatever the tree depends on.
    """
    about = repr((_VERSION, NODE.descr, version)).encode()
    path = private_directory() / f"{name}-{hashlib.blake2b(about, digest_size=8).hexdigest()}.npy"
    try:
        return load_nodes(path)
    except (OSError, ValueError):
        nodes = make()
    try:
        save_nodes(path, nodes)
        return load_nodes(path)
    except OSError:  # a full disk: each process has its own, then
        nodes.flags.writeable = False
        return nodes


def make_nodes(frequencies: Mapping[str, int], total: int) -> Nodes:
    """The tree of a jieba dictionary.

    Args:
        frequencies: of its words, 0 for each beginning of one that is none.
        total: the sum that jieba divides frequencies by.

    Raises:
        ValueError: a word is longer than :data:`LONGEST_WORD`.
    """
    ranked = sorted(frequencies)
    ranks = {word: rank for rank, word in enumerate(ranked)}
    words = sorted(ranked, key=len)
    if len(words[-1]) > LONGEST_WORD:
        raise ValueError(f"a word of more than {LONGEST_WORD} characters: {words[-1]}")
    nodes = np.zeros(len(words) + 2, NODE)
    inner = nodes[1:-1]
    inner["weight"] = [log(frequencies[word]) if frequencies[word] else _NO_WORD for word in words]
    inner["rank"] = [ranks[word] for word in words]
    inner["length"] = [len(word) for word in words]
    nodes["weight"][0] = log(total)
    letters = np.frombuffer("".join(words).encode("utf-32-le"), np.uint32)
    _connect(nodes, letters, np.cumsum(nodes["length"][:-1]))
    return nodes


def load_nodes(path: Path) -> Nodes:
    """Map the tree of a file.

    Raises:
        OSError: there is none.
        ValueError: it is no tree.
    """
    try:
        nodes: Nodes = np.load(path, mmap_mode="r").view(np.ndarray)
    except EOFError:
        raise ValueError(f"{path} is empty") from None
    if nodes.dtype != NODE:
        raise ValueError(f"{path} is no dictionary")
    first = nodes["first"]
    # Compiled code does not look whether a place is in an array.
    if first[0] != 1 or first[-1] != len(nodes) - 1 or (np.diff(first) < 0).any():
        raise ValueError(f"{path} is damaged")
    return nodes


def save_nodes(path: Path, nodes: Nodes) -> None:
    """Write a tree, atomically: another process may do the same."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(descriptor, "wb") as file:
        np.save(file, nodes)
    Path(temporary).replace(path)


@compiled
def _connect(nodes: Any, letters: Any, starts: Any) -> None:
    """Fill in labels and children; ``starts`` says where in ``letters`` each word begins."""
    parent = 0
    nodes[0].first = 1
    for node in range(1, len(nodes) - 1):
        start, end = starts[node - 1], starts[node]
        nodes[node].label = letters[end - 1]
        while not _begins(parent, letters, starts, start, end):
            parent += 1
            nodes[parent].first = node
    for node in range(parent + 1, len(nodes)):
        nodes[node].first = len(nodes) - 1


@compiled
def _begins(parent: int, letters: Any, starts: Any, start: int, end: int) -> bool:
    """Whether a node is what a word begins with that is longer by one."""
    if parent == 0:
        return bool(end - start == 1)
    at = starts[parent - 1]
    if starts[parent] - at != end - start - 1:
        return False
    same = 0
    while same < end - start - 1 and letters[at + same] == letters[start + same]:
        same += 1
    return bool(same == end - start - 1)


@compiled
def child(nodes: Any, node: int, label: int) -> int:
    """The node one character on, -1 if there is none."""
    low, high = nodes[node].first, nodes[node + 1].first
    while low < high:
        middle = (low + high) >> 1
        if nodes[middle].label < label:
            low = middle + 1
        else:
            high = middle
    if low < nodes[node + 1].first and nodes[low].label == label:
        return int(low)
    return -1
