"""Pages a second of a whole crawl on loopback, beside a minimal Scrapy spider.

    pip install scrapy              # the peer; without it only this product is measured
    python benchmarks/crawl.py

Serves the simulated portal of the tests (``tests/big_site``), and has it crawled in turn by
this product, into an archive, and by Scrapy, which reads every page with the same extraction
and writes a JSON line for each document: each time a fresh server and a process of its own,
no delay, sixteen requests at a time. Then once more with 200,000 known addresses in the
archive, for the memory. Linux only: memory is read from /proc.
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from crawl_site.measure import Measured, run  # noqa: E402

from big_site import BigSite  # noqa: E402  # lies beside the tests that share it

HELPERS = Path(__file__).parent / "crawl_site"
PRODUCT = "qzsearch"
MINIMAL = "Scrapy"
TUNED = "Scrapy, links seen before left out"
MEMORY_BAR = 300_000_000


@dataclass(frozen=True)
class Crawl:
    """One crawl: what was measured, and what of the site it found."""

    measured: Measured
    found: int
    missed: int
    requests: int
    server_cpu_seconds: float

    @property
    def pages_per_second(self) -> float:
        """Pages that answered, by the time of the crawl alone, without the start of Python."""
        return self.found / float(self.measured.result["seconds"])


def crawl(crawler: str, pages: int, *arguments: str) -> Crawl:
    """Have a fresh site crawled once."""
    with BigSite(pages) as site, tempfile.TemporaryDirectory() as folder:
        before = site.traffic().cpu_seconds
        if crawler == PRODUCT:
            command = [str(HELPERS / "product.py"), site.url, folder]
        else:
            tuned = ["--tuned"] if crawler == TUNED else []
            command = [str(HELPERS / "spider.py"), f"{site.url}/", f"{folder}/documents", *tuned]
        measured = run([sys.executable, *command, *arguments], {"PYTHONPATH": str(ROOT)})
        content = {url for url, kind in site.pages().items() if kind not in ("robots", "sitemap")}
        found = content & set(measured.result["urls"])
        traffic = site.traffic()
        return Crawl(
            measured,
            len(found),
            len(content - found),
            traffic.requests,
            traffic.cpu_seconds - before,
        )


def compare(crawlers: Sequence[str], pages: int, rounds: int) -> dict[str, list[Crawl]]:
    """All crawlers in turn, so that what slows the machine slows each of them."""
    crawls: dict[str, list[Crawl]] = {name: [] for name in crawlers}
    for number in range(rounds):
        for name in crawlers:
            one = crawl(name, pages)
            crawls[name].append(one)
            print(
                f"round {number + 1}: {name}: {one.pages_per_second:.0f} pages/s, "
                f"{one.found} found, {one.missed} missed",
                file=sys.stderr,
            )
    return crawls


def table(crawls: dict[str, list[Crawl]]) -> str:
    """Medians of the rounds, the ratio of speeds first."""
    own = statistics.median(one.pages_per_second for one in crawls[PRODUCT])
    rows = [
        "| crawler | qzsearch is faster by | pages/s | lowest to highest | pages found | missed "
        "| requests | CPU s | CPU ms a page | peak memory MB |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, rounds in crawls.items():
        speeds = [one.pages_per_second for one in rounds]
        cpu = statistics.median(one.measured.cpu_seconds for one in rounds)
        last = rounds[-1]
        peak = max(one.measured.peak_bytes for one in rounds)
        rows.append(
            f"| {name} | {own / statistics.median(speeds):.2f} | {statistics.median(speeds):.0f} "
            f"| {min(speeds):.0f} to {max(speeds):.0f} | {last.found} | {last.missed} "
            f"| {last.requests} | {cpu:.1f} | {1000 * cpu / last.found:.1f} | {peak / 1e6:.0f} |"
        )
    return "\n".join(rows)


def memory_line(known: int, pages: int) -> str:
    """Peak memory of a crawl of a part of the site when so many addresses are known."""
    one = crawl(PRODUCT, pages, "--known", str(known), "--pages", str(pages))
    peak = one.measured.peak_bytes
    verdict = "under" if peak < MEMORY_BAR else "OVER"
    return (
        f"memory with {one.measured.result['known']:,} known URLs: {peak / 1e6:.0f} MB at most "
        f"while {pages:,} pages are asked for, {verdict} the bar of {MEMORY_BAR / 1e6:.0f} MB"
    )


def main() -> None:
    """Print the table and the memory line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--pages", type=int, default=5000, help="of the site (5000)")
    parser.add_argument("--rounds", type=int, default=3, help="each crawler in turn (3)")
    parser.add_argument("--known", type=int, default=200_000, help="for the memory (200000)")
    options = parser.parse_args()
    crawlers = [PRODUCT]
    if importlib.util.find_spec("scrapy"):
        crawlers += [MINIMAL, TUNED]
    else:
        print("Scrapy is not installed (pip install scrapy): no peer is measured", file=sys.stderr)
    print(table(compare(crawlers, options.pages, options.rounds)))
    print()
    print(memory_line(options.known, min(options.pages, 2000)))


if __name__ == "__main__":
    main()
