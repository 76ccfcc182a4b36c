"""Runs the product as its users do: commands and services in processes of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote, urlencode

import yaml

COMMAND = [sys.executable, "-m", "search_api.cli", "--config"]
_STARTED_WITHIN = 60.0


def write_config(directory: Path, sites: Mapping[str, str], **sections: Any) -> Path:
    """A configuration of sites by name and base URL, on loopback and without delays."""
    crawl = {"delay_seconds": 0, "allow_private_addresses": True, "retries": 0}
    content = {
        "sites": [
            {"name": name, "title": name, "start_urls": [f"{url}/"]} for name, url in sites.items()
        ],
        "crawl": {**crawl, **sections.pop("crawl", {})},
        "server": {"port": 0},
        "schedule": {"crawl": "", "reindex": ""},
        **sections,
    }
    path = directory / "crawl_config.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


def qzsearch(config: Path, *arguments: str, expect: int = 0) -> subprocess.CompletedProcess[str]:
    """Run a command to its end and check its exit status."""
    done = subprocess.run(
        [*COMMAND, str(config), *arguments], capture_output=True, text=True, timeout=100
    )
    assert done.returncode == expect, f"{arguments}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done


def start(config: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a command that will be killed."""
    return subprocess.Popen(
        [*COMMAND, str(config), *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def kill(process: subprocess.Popen[bytes]) -> None:
    """What a power cut does to a process."""
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def wait_for(condition: Callable[[], Any], seconds: float = 20.0, what: str = "") -> Any:
    """Ask until the answer is true; returns it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s: {what or condition}")


class Service:
    """``qzsearch serve`` or ``qzsearch run`` on a free port, as a context manager."""

    def __init__(self, config: Path, command: str = "serve") -> None:
        self._process = subprocess.Popen(
            [*COMMAND, str(config), command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.output: list[str] = []
        self.url = ""
        self._ready = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.output.append(line)
            if "ready at" in line:
                self.url = line.split("ready at ")[1].strip().rstrip("/")
                self._ready.set()

    def __enter__(self) -> Service:
        if not self._ready.wait(_STARTED_WITHIN):
            self._process.kill()
            raise AssertionError("the service did not start:\n" + "".join(self.output))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(timeout=30)
        finally:
            self._process.kill()
            self._reader.join(timeout=10)
            assert self._process.stdout is not None
            self._process.stdout.close()

    def get(self, path: str, **parameters: Any) -> tuple[int, Any]:
        """Status and JSON (or text) of a GET."""
        return self.ask("GET", path + (f"?{urlencode(parameters)}" if parameters else ""))

    def search(self, query: str, **parameters: Any) -> dict[str, Any]:
        """The answer to a search, which must succeed."""
        status, answer = self.get("/api/v1/search", q=query, **parameters)
        assert status == 200, (status, answer)
        return dict(answer)

    def ask(
        self, method: str, path: str, body: Any = None, token: str | None = None
    ) -> tuple[int, Any]:
        """Status and JSON (or text) of any request."""
        request = urllib.request.Request(self.url + quote(path, safe="/?&=%+"), method=method)
        if token is not None:
            request.add_header("Authorization", f"Bearer {token}")
        data = None
        if body is not None:
            request.add_header("Content-Type", "application/json")
            data = json.dumps(body).encode()
        try:
            with urllib.request.urlopen(request, data, timeout=30) as answer:
                return answer.status, _decode(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _decode(error.read())


def _decode(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")
