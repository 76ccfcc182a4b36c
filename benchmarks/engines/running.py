"""The product's command as its users run it: a folder with a configuration, a server."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import urlopen

import yaml

_START_SECONDS: Final = 120.0


class Server(NamedTuple):
    """A running service.

    Attributes:
        url: its address.
        process: of the master.
        ready: seconds from its start to the first answer.
    """

    url: str
    process: subprocess.Popen[bytes]
    ready: float

    def total(self, text: str) -> int:
        """How many results a search has."""
        with urlopen(f"{self.url}/api/v1/search?q={quote(text)}", timeout=30) as answer:
            return int(json.load(answer)["total"])


def configured(folder: Path, port: int) -> Path:
    """The configuration of a service that crawls nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "crawl_config.yaml"
    settings = {
        "storage": {"directory": "data"},
        "server": {"port": port},
        "schedule": {"crawl": ""},
        "sites": [{"name": "law", "start_urls": ["http://law.example/"]}],
    }
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    return path


def qzsearch(config: Path, *arguments: str) -> float:
    """Run a command; returns the seconds it took."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "search_api.cli", "--config", str(config), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"qzsearch {' '.join(arguments)}: {done.stderr}")
    return time.perf_counter() - started


@contextmanager
def serving(config: Path, first: str) -> Iterator[Server]:
    """A running service; ready is when it has answered a search for ``first``."""
    port = yaml.safe_load(config.read_text(encoding="utf-8"))["server"]["port"]
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "search_api.cli", "--config", str(config), "serve"]
    with (config.parent / "serve.log").open("wb") as log:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    try:
        server = Server(url, process, 0.0)
        while True:
            try:
                server.total(first)
                break
            except (URLError, ConnectionError):
                if process.poll() is not None or time.perf_counter() - started > _START_SECONDS:
                    raise RuntimeError(f"it does not start; see {log.name}") from None
                time.sleep(0.02)
        yield server._replace(ready=time.perf_counter() - started)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def private_memory(master: int) -> dict[int, tuple[float, float]]:
    """MB of each worker that are its own, and those of them that are no mapped file's.

    What the master loaded before it forked and nobody wrote to since is shared (smaps of
    proc(5)); so are mapped files.
    """
    found = {}
    for children in Path(f"/proc/{master}/task").glob("*/children"):
        for worker in map(int, children.read_text().split()):
            told = Path(f"/proc/{worker}/smaps_rollup").read_text()
            sizes = dict(re.findall(r"^(\w+):\s+(\d+) kB", told, re.MULTILINE))
            own = int(sizes["Private_Clean"]) + int(sizes["Private_Dirty"])
            found[worker] = (own / 1024, int(sizes["Private_Dirty"]) / 1024)
    return found
