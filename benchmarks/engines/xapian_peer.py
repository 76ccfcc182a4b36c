"""Xapian under the system's own Python: ``build LINES COPIES FOLDER``, ``time FOLDER QUERIES``."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import xapian


def build(lines: Path, copies: int, folder: Path) -> None:
    """Terms with their frequencies, no positions; compacted."""
    made = folder.with_suffix(".new")
    shutil.rmtree(made, ignore_errors=True)
    database = xapian.WritableDatabase(str(made), xapian.DB_CREATE)
    for _copy in range(copies):
        with lines.open(encoding="utf-8") as file:
            for line in file:
                document = xapian.Document()
                for term, count in Counter(line.split()).items():
                    document.add_term(term, count)
                database.add_document(document)
    database.commit()
    compact = folder.with_suffix(".compact")
    database.compact(str(compact))
    database.close()
    shutil.rmtree(made)
    compact.rename(folder)


def times(folder: Path, asked: list[Any]) -> list[float]:
    """Milliseconds of each query, after an unmeasured pass over all of them."""
    queries, every, counts, k1, b = asked
    database = xapian.Database(str(folder))
    enquire = xapian.Enquire(database)
    enquire.set_weighting_scheme(xapian.BM25Weight(k1, 0, 1, b, 0.5))
    least = database.get_doccount() if counts else 0
    operator = xapian.Query.OP_AND if every else xapian.Query.OP_OR
    measured: list[float] = []
    for _pass in range(2):
        measured = []
        for terms in queries:
            started = time.perf_counter()
            enquire.set_query(xapian.Query(operator, terms))
            found = enquire.get_mset(0, 10, least)
            [match.docid for match in found]
            measured.append((time.perf_counter() - started) * 1000)
    return measured


def main() -> None:
    """Do what the command line says."""
    if sys.argv[1] == "build":
        build(Path(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
    else:
        asked = json.loads(Path(sys.argv[3]).read_text(encoding="utf-8"))
        print(json.dumps(times(Path(sys.argv[2]), asked)))


if __name__ == "__main__":
    main()
