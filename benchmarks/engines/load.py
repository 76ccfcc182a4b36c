"""A load generator: ``load.py URL QUERIES SECONDS CONNECTIONS``; no query is asked twice."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from urllib.parse import quote

import aiohttp


async def ask_all(
    url: str, queries: list[str], seconds: float, connections: int
) -> dict[str, object]:
    """Ask for so long, each connection one query after the other.

    Returns the milliseconds of each answer, how many were no 200, and how long it took.
    """
    waiting = iter(queries)
    times: list[float] = []
    failed = 0
    connector = aiohttp.TCPConnector(limit=connections)
    async with aiohttp.ClientSession(connector=connector) as session:
        started = time.perf_counter()

        async def one() -> None:
            nonlocal failed
            for query in waiting:
                asked = time.perf_counter()
                if asked - started > seconds:
                    return
                async with session.get(f"{url}/api/v1/search?q={quote(query)}") as answer:
                    await answer.read()
                    failed += answer.status != 200
                times.append((time.perf_counter() - asked) * 1000)

        await asyncio.gather(*(one() for _ in range(connections)))
        took = time.perf_counter() - started
    return {"times": times, "failed": failed, "seconds": took, "cpu": time.process_time()}


def main() -> None:
    """Print the result as JSON."""
    url, path, seconds, connections = sys.argv[1:]
    queries = json.loads(Path(path).read_text(encoding="utf-8"))
    print(json.dumps(asyncio.run(ask_all(url, queries, float(seconds), int(connections)))))


if __name__ == "__main__":
    main()
