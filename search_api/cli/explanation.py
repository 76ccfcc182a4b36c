"""How a score comes about, for ``search --explain``."""

from __future__ import annotations

from collections.abc import Iterator

from indexer.index.engine import Hit


def explanation_lines(hit: Hit) -> Iterator[str]:
    """Columns of what the score grew by, by what (``ranking.yaml``) and for which word; last the
    score. Nothing for a hit that was not explained."""
    if hit.explanation is None:
        return
    wide = max((len(part.what) for part in hit.explanation), default=0)
    for part in hit.explanation:
        yield f"{part.gain:10.4f}  {part.what:{wide}}  {part.of}".rstrip()
    yield f"{hit.score:10.4f}  score"
