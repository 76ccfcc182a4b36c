"""Progress of long work: a bar on a terminal, plain lines in a log."""

from __future__ import annotations

import sys
import time
from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from indexer.jobs.run import Step

_LINE_SECONDS = 5.0


class ProgressDisplay:
    """Shows the steps of one job; a new unit begins a new bar.

    Writes to standard error, so that output can be redirected.
    """

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._bar = Progress(
            TextColumn("{task.description:>10}"),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TextColumn("{task.fields[failed]}"),
            TimeElapsedColumn(),
            console=Console(stderr=True),
        )
        self._task: TaskID | None = None
        self._unit = ""
        self._started = 0.0
        self._last_line = 0.0
        self._last: Step | None = None

    def __enter__(self) -> ProgressDisplay:
        if self._is_terminal:
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._is_terminal:
            self._bar.stop()
        elif self._last is not None:
            self._print(self._last)

    def show(self, step: Step) -> None:
        """Take note of a step."""
        if step.unit != self._unit:
            self._begin(step)
        self._last = step
        if self._is_terminal and self._task is not None:
            failed = f"{step.failed} failed" if step.failed else ""
            self._bar.update(
                self._task,
                completed=step.done,
                total=step.total,
                rate=f"{self._rate(step):.1f}/s",
                failed=failed,
            )
        elif time.monotonic() - self._last_line >= _LINE_SECONDS:
            self._print(step)

    def _begin(self, step: Step) -> None:
        if not self._is_terminal and self._last is not None:
            self._print(self._last)
        self._unit, self._started = step.unit, time.monotonic()
        self._last_line = self._started
        if self._is_terminal:
            self._task = self._bar.add_task(step.unit, total=step.total, rate="", failed="")

    def _rate(self, step: Step) -> float:
        return step.done / max(time.monotonic() - self._started, 1e-3)

    def _print(self, step: Step) -> None:
        self._last_line = time.monotonic()
        total = f" of {step.total}" if step.total is not None else ""
        failed = f", {step.failed} failed" if step.failed else ""
        print(
            f"{step.done}{total} {step.unit}, {self._rate(step):.1f}/s{failed}",
            file=sys.stderr,
            flush=True,
        )
