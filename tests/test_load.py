"""Fifty searches a second while the index is rebuilt, again and again, for 30 seconds."""

from __future__ import annotations

import itertools
import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

from indexer.sample_sites import portal, service_center
from indexer.sample_sites.server import SampleSites
from running import Service, qzsearch, write_config

SECONDS = 30
RATE = 50
QUERIES = (
    {"q": "营业执照"},
    {"q": "身份证 补领", "type": "service"},
    {"q": "公积金提取需要什么材料"},
    {"q": "钦政发[2009]12号"},
    {"q": '"坭兴陶"', "sort": "newest"},
    {"q": "三娘湾 -台风", "site": "portal"},
    {"q": "最低生活保障", "from": "2009-01-01", "to": "2012-12-31"},
    {"q": "税"},
    {"q": "通知", "page": "2", "size": "20"},
    {"q": "a<b>\"'&"},
)


def test_searches_go_on_while_the_index_is_rebuilt(tmp_path: Path) -> None:
    builders = {"portal": portal.build, "service_center": service_center.build}
    with SampleSites(builders) as sites:
        urls = {name: site.base_url for name, site in sites.items()}
        config = write_config(tmp_path, urls)
        qzsearch(config, "crawl")
    stop = threading.Event()
    rebuilds = itertools.count()

    def rebuild() -> None:
        while not stop.is_set():
            qzsearch(config, "reindex")
            next(rebuilds)

    with Service(config) as service:
        builder = threading.Thread(target=rebuild)
        builder.start()
        try:
            totals = search_steadily(service)
        finally:
            stop.set()
            builder.join()
    assert next(rebuilds) >= 3
    answered = sum(len(found) for found in totals.values())
    assert answered == SECONDS * RATE
    for query, found in totals.items():
        assert len(set(found)) == 1, f"{query}: {set(found)}"
    assert len({found[0] for found in totals.values()}) > 3, "the queries differ in results"


def search_steadily(service: Service) -> dict[str, list[int]]:
    """The totals of every query over all its answers; any status but 200 raises."""
    totals: dict[str, list[int]] = defaultdict(list)
    start = time.monotonic()

    def search(number: int) -> None:
        query = urlencode(QUERIES[number % len(QUERIES)])
        time.sleep(max(0.0, start + number / RATE - time.monotonic()))
        with urlopen(f"{service.url}/api/v1/search?{query}", timeout=30) as answer:
            body = answer.read()
        totals[query].append(int(body.split(b'"total":')[1].split(b",")[0]))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(search, range(SECONDS * RATE)))
    return totals
