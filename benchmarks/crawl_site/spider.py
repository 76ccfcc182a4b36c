"""The peer of ``benchmarks/crawl.py``: a minimal Scrapy spider, in a process of its own.

    python benchmarks/crawl_site/spider.py URL OUTPUT.jsonl

It reads every page with this product's own extraction, follows the links on the same host,
and writes each document as a JSON line. What would slow it is off: delays, retries,
AutoThrottle, cookies, log. With ``--tuned`` it also remembers the links it has seen, for
Scrapy's own filter makes a request and a fingerprint of each, half of its own time.
Prints what it did as one JSON object.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response

from indexer.extract import FetchedPage, extract

SETTINGS = {
    "CONCURRENT_REQUESTS": 16,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
    "DOWNLOAD_DELAY": 0,
    "ROBOTSTXT_OBEY": True,
    "AUTOTHROTTLE_ENABLED": False,
    "RETRY_ENABLED": False,
    "COOKIES_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "LOG_ENABLED": False,
}


class PortalSpider(scrapy.Spider):
    """Everything on one host; ``found`` are the URLs that answered."""

    name = "portal"

    def __init__(self, url: str, output: Path, tuned: bool, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.start_urls = [url]
        self._seen: set[str] | None = {url} if tuned else None
        self._host = urlsplit(url).netloc
        self._output = output.open("w", encoding="utf-8")
        self.found: list[str] = []
        self.documents = 0

    def parse(
        self, response: Response, anchor: str = "", parent: str | None = None, **_: Any
    ) -> Iterator[scrapy.Request]:
        """Write the document, follow the links."""
        self.found.append(response.url)
        content_type = response.headers.get("Content-Type")
        page = FetchedPage(
            url=response.url,
            body=response.body,
            site=self.name,
            content_type=content_type.decode("latin-1") if content_type else None,
            anchor=anchor,
            parent=parent,
        )
        extraction = extract(page)
        if extraction.document is not None:
            record = extraction.document.to_record()
            self._output.write(json.dumps(record, ensure_ascii=False) + "\n")
            self.documents += 1
        for link in extraction.links:
            if urlsplit(link.url).netloc == self._host and not self._has_seen(link.url):
                given = {"anchor": link.text, "parent": response.url}
                yield scrapy.Request(link.url, callback=self.parse, cb_kwargs=given)

    def _has_seen(self, url: str) -> bool:
        if self._seen is None or url not in self._seen:
            if self._seen is not None:
                self._seen.add(url)
            return False
        return True

    def closed(self, _reason: str) -> None:
        """The crawl is over."""
        self._output.close()


def main() -> None:
    """Crawl, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("url")
    parser.add_argument("output", type=Path)
    parser.add_argument("--tuned", action="store_true")
    options = parser.parse_args()
    process = AsyncCrawlerProcess(SETTINGS)
    crawler = process.create_crawler(PortalSpider)
    process.crawl(crawler, url=options.url, output=options.output, tuned=options.tuned)
    began = time.perf_counter()
    process.start()
    seconds = time.perf_counter() - began
    spider = crawler.spider
    assert isinstance(spider, PortalSpider)
    print(json.dumps({"seconds": seconds, "urls": spider.found, "documents": spider.documents}))


if __name__ == "__main__":
    main()
