"""Makes the import file of the law articles: ``law_articles.py DATA OUT.jsonl.gz``."""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def records(data: Path, limit: int | None = None) -> Iterator[dict[str, Any]]:
    """The 147,288 law articles as import records; the id becomes the URL."""
    with gzip.open(data / "scale" / "law_articles.jsonl.gz", "rt", encoding="utf-8") as file:
        for number, line in enumerate(file):
            if limit is not None and number >= limit:
                return
            article = json.loads(line)
            yield {
                "url": f"http://law.example/{article['id']}",
                "title": article["title"],
                "text": article["text"],
                "site": "law",
                "type": "policy",
                "published": article["date"],
            }


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--limit", type=int)
    arguments = parser.parse_args()
    with gzip.open(arguments.out, "wt", encoding="utf-8") as file:
        for record in records(arguments.data, arguments.limit):
            file.write(json.dumps(record, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
