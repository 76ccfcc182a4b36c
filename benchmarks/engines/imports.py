"""From a file to searchable, beside Whoosh's own writer with jieba in the analyzer."""

from __future__ import annotations

import gzip
import json
import shutil
import time
from argparse import Namespace
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

from engines.corpus import Corpus, say
from engines.report import Row, ratio
from engines.running import Server, configured, qzsearch, serving
from indexer.config import load_settings
from indexer.document import Document
from indexer.index.engine import IndexChanges, IndexEntry
from indexer.index.whoosh_engine import WhooshEngine

PORT: Final = 8791
_PLAIN: Final = 5_000
"""Documents that the plain way is timed with; more would take it a quarter of an hour."""
_CHANGED: Final = 100


def run(options: Namespace) -> Iterator[tuple[str, list[Row]]]:
    """One table for imports, one for changes."""
    corpus = Corpus(options.data, options.work, 32 if options.quick else 1)
    records = list(corpus.records())
    characters = sum(len(one["title"]) + len(one["text"]) for one in records)
    folder = corpus.folder / "import"
    shutil.rmtree(folder, ignore_errors=True)
    config = configured(folder, PORT)
    say("importing")
    took = qzsearch(config, "import", str(_file(corpus.folder / "all.jsonl.gz", records)))
    rows: list[Row] = [(("qzsearch import",), _figures(characters, took))]
    say("rebuilding the index alone")
    started = time.perf_counter()
    WhooshEngine(folder / "again").rebuild(corpus.entries())
    rows.append(
        (("qzsearch, the index alone",), _figures(characters, time.perf_counter() - started))
    )
    speed = characters / took
    some = records[:_PLAIN]
    for processes in (1, 2):
        say(f"the plain way, {processes} process(es), {len(some):,} documents")
        slow = _plain_way(folder / f"plain{processes}", some, processes)
        read = sum(len(one["title"]) + len(one["text"]) for one in some)
        label = f"Whoosh's writer with jieba's analyzer, procs={processes}, {len(some):,} documents"
        rows.append(
            ((label,), _figures(read, slow) | {"qzsearch is faster": ratio(speed * slow / read)})
        )
    yield f"Import of {corpus.size:,} documents, {characters:,} characters", rows
    yield f"{_CHANGED} changed documents in {corpus.size:,}", list(_changes(config, records))


def _figures(characters: int, seconds: float) -> dict[str, str]:
    return {"seconds": f"{seconds:.1f}", "characters/s": f"{characters / seconds:,.0f}"}


def data_folder(corpus: Corpus) -> Path:
    """The configuration of a service with the corpus imported."""
    folder = corpus.folder / "service"
    config = configured(folder, PORT)
    if not (folder / "done").exists():
        say("importing for the service")
        qzsearch(config, "import", str(_file(corpus.folder / "all.jsonl.gz", corpus.records())))
        (folder / "done").touch()
    elif WhooshEngine(load_settings(config).index_directory).status().stale:
        qzsearch(config, "reindex")
    return config


def _file(path: Path, records: Iterable[dict[str, Any]]) -> Path:
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=1) as file:
        for record in records:
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    return path


def _plain_way(folder: Path, records: Iterable[dict[str, Any]], processes: int) -> float:
    """Seconds that it takes as Whoosh's and jieba's documentation say."""
    from jieba.analyse import ChineseAnalyzer
    from whoosh.fields import ID, TEXT, Schema
    from whoosh.index import create_in

    folder.mkdir(parents=True)
    analyzer = ChineseAnalyzer()
    list(analyzer("先把词典读进来"))
    schema = Schema(
        url=ID(stored=True, unique=True),
        title=TEXT(stored=True, analyzer=analyzer),
        text=TEXT(stored=True, analyzer=analyzer),
    )
    index = create_in(str(folder), schema)
    started = time.perf_counter()
    options = {"procs": processes, "multisegment": True} if processes > 1 else {}
    writer = index.writer(limitmb=256, **options)
    for one in records:
        writer.add_document(url=one["url"], title=one["title"], text=one["text"])
    writer.commit()
    return time.perf_counter() - started


def _changes(config: Path, records: list[dict[str, Any]]) -> Iterator[Row]:
    """Until a server that runs shows changes that another process writes."""
    with serving(config, "合同") as server:
        marked = [_marked(one, "泥兴陶渡轮票") for one in islice(records, 0, None, 7)][:_CHANGED]
        entries = [IndexEntry(Document.from_record(one), digest="x") for one in marked]
        engine = WhooshEngine(load_settings(config).index_directory, prepares=False)
        started = time.perf_counter()
        engine.update(IndexChanges(entries))
        committed = time.perf_counter() - started
        seen = _wait(server, '"泥兴陶渡轮票"', started)
        figures = {"committed after s": f"{committed:.2f}", "seen after s": f"{seen:.2f}"}
        yield ("the index alone",), figures
        marked = [_marked(one, "三娘湾缆车票") for one in islice(records, 3, None, 7)][:_CHANGED]
        path = _file(config.parent / "changed.jsonl.gz", marked)
        started = time.perf_counter()
        qzsearch(config, "import", str(path))
        committed = time.perf_counter() - started
        seen = _wait(server, '"三娘湾缆车票"', started)
        figures = {"committed after s": f"{committed:.2f}", "seen after s": f"{seen:.2f}"}
        yield ("qzsearch import, the command's own start included",), figures


def _marked(record: dict[str, Any], mark: str) -> dict[str, Any]:
    return record | {"text": f"{record['text']}\n{mark}。"}


def _wait(server: Server, text: str, started: float) -> float:
    """Seconds until a search finds all changed documents, in whichever process it is: until the
    first of eight answers in a row is given, for every worker is asked then with near certainty."""
    right, since = 0, 0.0
    while right < 8:
        is_right = server.total(text) >= _CHANGED
        now = time.perf_counter() - started
        if is_right and not right:
            since = now
        right = right + 1 if is_right else 0
        if now > 60:
            raise RuntimeError(f"{text} is not found")
        if not right:
            time.sleep(0.02)
    return since
