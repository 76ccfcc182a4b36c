"""Runs a program to its end and tells what it took: processor time, and memory of all its
processes together."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_INTERVAL_SECONDS = 0.1
_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Measured:
    """``result`` is the last line of the program's output, read as JSON.

    ``cpu_seconds`` adds up all processes of the tree, each as it was seen last: too little by
    a sampling interval at the most. ``peak_bytes`` is the most memory at once, shared pages
    counted once: the proportional set sizes added up (Linux, proc(5), smaps_rollup).
    """

    result: dict[str, Any]
    cpu_seconds: float
    peak_bytes: int


class _Sampler:
    """Looks at a tree of processes ten times a second, in a thread."""

    def __init__(self, root: int) -> None:
        self.peak_bytes = 0
        self._root = root
        self._cpu_ticks: dict[int, int] = {}
        self._finished = threading.Event()
        self._thread = threading.Thread(target=self._sample)
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._finished.set()
        self._thread.join()

    @property
    def cpu_seconds(self) -> float:
        """User and system time of all processes that were seen."""
        return sum(self._cpu_ticks.values()) / _TICKS_PER_SECOND

    def _sample(self) -> None:
        while not self._finished.wait(_INTERVAL_SECONDS):
            tree = tree_of(self._root)
            self._cpu_ticks.update(tree)
            self.peak_bytes = max(self.peak_bytes, sum(map(proportional_set, tree)))


def run(command: Sequence[str], environment: dict[str, str]) -> Measured:
    """Run ``command`` with ``environment`` added to that of this process.

    Raises:
        RuntimeError: it failed.
    """
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment}
    ) as process:
        sampler = _Sampler(process.pid)
        try:
            output, _ = process.communicate()
        finally:
            sampler.stop()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)}: exit status {process.returncode}")
    result = json.loads(output.splitlines()[-1])
    return Measured(result, sampler.cpu_seconds, sampler.peak_bytes)


def tree_of(root: int) -> dict[int, int]:
    """A process and all that come from it, by id, with the clock ticks each has used."""
    children: dict[int, list[int]] = {}
    ticks: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name, in parentheses, may hold anything; behind it all is numbers.
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        pid = int(stat.parent.name)
        children.setdefault(int(fields[1]), []).append(pid)
        ticks[pid] = int(fields[11]) + int(fields[12])
    found = [root]
    for pid in found:
        found.extend(children.get(pid, []))
    return {pid: ticks[pid] for pid in found if pid in ticks}


def proportional_set(pid: int) -> int:
    """The memory of one process in bytes; 0 when it is gone."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    for line in rollup.splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0
