"""The simulated portal as its users see it: a context manager around its process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from big_site.model import Change


@dataclass(frozen=True)
class Traffic:
    """What was asked since the last reset: ``received`` are the bytes of requests, ``sent``
    those of answers, heads included. ``cpu_seconds`` is the server's processor time in all."""

    requests: int
    received: int
    sent: int
    requests_by_kind: dict[str, int]
    sent_by_kind: dict[str, int]
    requests_by_status: dict[str, int]
    cpu_seconds: float

    @property
    def bytes(self) -> int:
        """Bytes in both directions."""
        return self.received + self.sent


class BigSite:
    """``with BigSite(pages=5000) as site:`` serves the portal at ``site.url``."""

    def __init__(self, pages: int = 5000, seed: int = 1) -> None:
        self._arguments = [str(pages), str(seed)]
        self.url = ""

    def __enter__(self) -> BigSite:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "big_site.server", *self._arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
        )
        try:
            self.url = self._answer()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process.stdout.close()

    def traffic(self) -> Traffic:
        """What the requests since the last reset cost."""
        return Traffic(**self._ask("traffic"))

    def reset(self) -> None:
        """Count from nothing."""
        self._ask("reset")

    def asked(self) -> list[str]:
        """The paths with query that were asked for since the last reset, in order."""
        return list(self._ask("paths"))

    def pages(self) -> dict[str, str]:
        """URLs of all that stands now, with their kinds: robots, sitemap, home, front, list,
        article, attachment."""
        return {self.url + path: kind for path, kind in self._ask("pages").items()}

    def change(self, share: float) -> Change:
        """Publish new articles, rewrite some and remove some, so much of all pages."""
        return Change(**self._ask("change", share=share))

    def _ask(self, command: str, **arguments: Any) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": command, **arguments}) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the simulated portal ended: status {self._process.wait(30)}")
        return json.loads(line)
