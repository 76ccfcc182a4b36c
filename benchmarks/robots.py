"""robots.txt: public test cases, ours beside Protego alone.

    python benchmarks/robots.py DATA

``DATA/robots`` is a folder with ``google_cases.jsonl`` (one case a line: test, robots, agent, url,
allowed; text as Latin-1 of the bytes) made of the test suite of google/robotstxt, and with
``tests/test_data/``, real robots.txt files, where they are to be read too.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

from protego import Protego

from indexer.crawl.robots_rules import RobotsRules

REASONS = {
    "/foo/bar/\u30c4": "the URL is no URI: RFC 9309 2.2.2 has octets beyond ASCII escaped before "
    "they are compared, on both sides; the suite leaves that to its caller",
    "/foo/bar/baz": "RFC 9309 2.2.2: an escaped ASCII octet is unescaped before it is compared; "
    "the suite expects %62%61%7A to differ from baz",
}


def ours(case: dict[str, Any]) -> bool:
    """The verdict of the crawler."""
    rules = RobotsRules(case["robots"].encode("latin-1"), case["agent"])
    return rules.allows(case["url"].encode("latin-1").decode("utf-8", "surrogateescape"))


def protego(case: dict[str, Any]) -> bool:
    """The verdict of Protego alone."""
    raw = (case["robots"].encode("latin-1"), case["url"].encode("latin-1"))
    text, url = (part.decode("utf-8", "replace") for part in raw)
    return bool(Protego.parse(text).can_fetch(url, case["agent"]))


def main(folder: Path) -> None:
    """Print the counts, and each case that differs with its explanation."""
    lines = (folder / "google_cases.jsonl").read_text("utf-8").splitlines()
    cases = [json.loads(line) for line in lines if line]
    for name, verdict in (("ours", ours), ("Protego alone", protego)):
        wrong = [case for case in cases if verdict(case) != case["allowed"]]
        print(f"{name}: {len(cases) - len(wrong)} of {len(cases)}")
        for case in wrong:
            url = case["url"].encode("latin-1").decode("utf-8")
            reason = next((why for end, why in REASONS.items() if url.endswith(end)), "")
            why = f": {reason}" if verdict is ours else ""
            print(f"  {case['test']} {case['agent']!r} {url} wanted {case['allowed']}{why}")
    files = sorted(path for path in (folder / "tests").rglob("*") if path.is_file())
    began, slowest = time.perf_counter(), 0.0
    for path in files:
        start = time.perf_counter()
        rules = RobotsRules(path.read_bytes(), "qzsearch")
        rules.allows("http://a.example/zwgk/t20090101_1.html?a=1")
        rules.sitemaps("http://a.example/robots.txt")
        slowest = max(slowest, time.perf_counter() - start)
    seconds = time.perf_counter() - began
    print(f"{len(files)} real files: {seconds:.3f} s, the slowest {slowest * 1000:.0f} ms")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="robots.txt conformance, beside Protego alone.")
    parser.add_argument("data", type=Path, help="folder with robots/google_cases.jsonl")
    main(parser.parse_args().data / "robots")
