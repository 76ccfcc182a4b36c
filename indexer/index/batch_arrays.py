"""From terms and bytes of single documents to the arrays of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate, chain

import numpy as np
import numpy.typing as npt

from analyzers.bulk import Postings
from indexer.index.postings.inverted import Inverted
from indexer.index.rows import joined


def exact_postings(terms: Mapping[str, Sequence[int]]) -> Postings:
    """The postings of a field of exact terms, which has no positions: documents by term."""
    encoded = {term.encode(): numbers for term, numbers in terms.items()}
    ordered = sorted(encoded)
    counts = [len(encoded[term]) for term in ordered]
    postings = sum(counts)
    numbers = np.fromiter(
        chain.from_iterable(encoded[term] for term in ordered), np.int32, postings
    )
    text, text_ends = joined(ordered)
    return Postings(
        text=text,
        text_ends=text_ends,
        posting_ends=np.cumsum(counts, dtype=np.int64),
        position_starts=np.zeros(len(ordered) + 1, np.int64),
        numbers=numbers,
        weights=np.ones(postings, np.float32),
        position_ends=np.zeros(postings, np.uint32),
        positions=np.empty(0, np.uint32),
    )


def invert(documents: int, fields: Mapping[str, Postings]) -> Inverted:
    """The postings of all fields as one; fields without terms are left out."""
    names = sorted(name for name, postings in fields.items() if len(postings.text_ends))
    if not names:
        return Inverted(documents, (), np.empty(0, np.int64), *exact_postings({}))
    parts = [fields[name] for name in names]
    terms = [len(part.text_ends) for part in parts]
    positions = [len(part.positions) for part in parts]
    starts = _behind_another([part.position_starts[:-1] for part in parts], positions)
    return Inverted(
        documents=documents,
        field_names=tuple(names),
        field_ends=np.cumsum(terms, dtype=np.int64),
        text=np.concatenate([part.text for part in parts]),
        text_ends=_behind_another(
            [part.text_ends for part in parts], [len(part.text) for part in parts]
        ),
        posting_ends=_behind_another(
            [part.posting_ends for part in parts], [len(part.numbers) for part in parts]
        ),
        position_starts=np.append(starts, sum(positions)),
        numbers=np.concatenate([part.numbers for part in parts]),
        weights=np.concatenate([part.weights for part in parts]),
        position_ends=np.concatenate([part.position_ends for part in parts]),
        positions=np.concatenate([part.positions for part in parts]),
    )


def _behind_another(
    offsets: Sequence[npt.NDArray[np.int64]], sizes: Sequence[int]
) -> npt.NDArray[np.int64]:
    """Offsets into several arrays as offsets into all of them, one behind the other."""
    bases = accumulate(sizes, initial=0)
    return np.concatenate([part + base for part, base in zip(offsets, bases, strict=False)])
