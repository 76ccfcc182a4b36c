"""The service as a whole under load, its start, and the memory of its workers."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from engines.corpus import Corpus, piece_of, say, write_json
from engines.imports import data_folder
from engines.report import Row, milliseconds, quantile
from engines.running import private_memory, serving

CONNECTIONS: Final = 8
_WARM_SECONDS: Final = 5
_SECONDS: Final = 20
_LOADS: Final = 3
_PER_SECOND: Final = 800
"""More queries than any machine that this runs on will answer."""


def run(options: Namespace) -> Iterator[tuple[str, list[Row]]]:
    """One table: answers over HTTP with ten snippets, facets and corrections as JSON."""
    corpus = Corpus(options.data, options.work, 32 if options.quick else 1)
    config = data_folder(corpus)
    rows: list[Row] = []
    with serving(config, "合同") as server:
        pass
    with serving(config, "合同") as server:  # machine code and files are in the cache by now
        say(f"ready after {server.ready:.2f} s")
        _load(corpus, server.url, _WARM_SECONDS, seed=1)
        loads = [_load(corpus, server.url, _SECONDS, seed) for seed in range(2, 2 + _LOADS)]
        memory = private_memory(server.process.pid)
    loads.sort(key=_speed)
    found = loads[_LOADS // 2]
    times = found["times"]
    figures = {
        "searches/s": f"{_speed(found):.0f} ({_speed(loads[0]):.0f} to {_speed(loads[-1]):.0f})",
        **{f"p{share} ms": milliseconds(quantile(times, share / 100)) for share in (50, 95, 99)},
        "failed": str(sum(one["failed"] for one in loads)),
        "ready after s": f"{server.ready:.2f}",
        "own MB of each worker": " / ".join(f"{own:.0f}" for own, _dirty in memory.values()),
    }
    rows.append(((f"{CONNECTIONS} connections, the median of {_LOADS} loads",), figures))
    yield f"The service over {corpus.size:,} documents", rows


def _speed(load: dict[str, Any]) -> float:
    return float(len(load["times"]) / load["seconds"])


def _load(corpus: Corpus, url: str, seconds: int, seed: int) -> dict[str, Any]:
    chance = random.Random(seed)  # noqa: S311  # the same queries at every run
    texts = [text for one in corpus.records() for text in (one["title"], one["text"])]
    queries: dict[str, None] = {}
    while len(queries) < seconds * _PER_SECOND:
        typed = " ".join(piece_of(chance.choice(texts), chance).split())
        if typed:
            queries[typed] = None
    path = write_json(corpus.folder / "load.json", list(queries))
    script = Path(__file__).with_name("load.py")
    command = [sys.executable, str(script), url, str(path), str(seconds), str(CONNECTIONS)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found
