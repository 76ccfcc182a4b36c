"""The engine against its peers, and the whole service, over 147,288 law articles.

    python -m pip install tantivy aiohttp; apt install python3-xapian
    python benchmarks/engine.py --data DATA --work DIR

Sections (--sections, all unless named):

- searches: any and every word of queries of two to five words, each engine given the same
  terms, over a sixteenth, a fourth, one and ten (--copies) times the articles; a plot of it.
- equality: 2,000 queries against Whoosh's own searcher with the same scoring, with one and with
  twelve segments, after updates and deletions.
- service: HTTP, eight connections; start; memory of each worker.
- import: from a file to searchable; a hundred changed documents; the plain way.

DIR keeps what was made (some 20 GB with ten copies); the first run takes half an hour, later ones
a quarter. --quick takes every 32nd article and two minutes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from engines import equal_answers, imports, searches, service
from engines.report import print_table

SECTIONS = {
    "searches": searches.run,
    "equality": equal_answers.run,
    "service": service.run,
    "import": imports.run,
}


def main() -> None:
    """Print a table for each section."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--sections", default=",".join(SECTIONS))
    parser.add_argument("--copies", type=int, default=10)
    parser.add_argument("--queries", type=int, default=1000)
    parser.add_argument("--plot", type=Path, help="where to write the plot, an SVG")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    for section in options.sections.split(","):
        for title, rows in SECTIONS[section](options):
            print_table(title, rows)


if __name__ == "__main__":
    main()
