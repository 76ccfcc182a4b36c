"""Read-only arrays: mapped ones are, and what is compiled is compiled for one kind of array."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from indexer.index.postings.inverted import Inverted


def fixed(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A read-only view of an array."""
    view: npt.NDArray[Any] = np.asarray(array).view()
    view.flags.writeable = False
    return view


def fixed_arrays(inverted: Inverted) -> Inverted:
    """The same inverted index in read-only views."""
    arrays = {name: fixed(array) for name, array in inverted.arrays().items()}
    return Inverted(inverted.documents, inverted.field_names, **arrays)
