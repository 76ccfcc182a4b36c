"""The simulated portal with all traits, crawled once, and what came of it."""

from __future__ import annotations

import functools
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from indexer.archive import Archive
from indexer.archive.runs import list_runs
from indexer.config import Settings, load_settings
from indexer.crawl.crawler import crawl
from simulated import (
    absence,
    addresses,
    blocks,
    borders,
    content,
    directives,
    faults,
    found,
    links,
    lists,
    traps,
)
from simulated.trait import Portal, Trait

CONTACT = "http://contact.example/qzsearch"
CONCURRENT = 4
KINDS = (
    links,
    lists,
    found,
    addresses,
    directives,
    absence,
    content,
    traps,
    borders,
    blocks,
    faults,
)


@dataclass(frozen=True)
class Row:
    """What the archive says of a page."""

    state: str
    status: int | None
    error: str | None
    title: str | None


@dataclass(frozen=True)
class Crawled:
    """A portal after its crawl: archive rows by URL, requests by URL, and the run's report."""

    portal: Portal
    pages: Mapping[str, Row]
    requested: Counter[str]
    report: Mapping[str, Any]


def build() -> Portal:
    """The portal with every trait."""
    portal = Portal()
    return portal.add(*(kind.traits for kind in KINDS))


def trait_names() -> list[str]:
    """The names of all traits."""
    portal = build()
    portal.server.close()
    return [trait.name for trait in portal.traits]


@functools.cache
def whole_portal() -> Crawled:
    """The portal with every trait after one crawl; made once for all tests of a process."""
    with build() as portal, tempfile.TemporaryDirectory() as folder:
        settings = settings_of(
            portal,
            Path(folder),
            contact=CONTACT,
            concurrent_requests_per_host=CONCURRENT,
            retries=faults.RETRIES,
            max_response_bytes=faults.MOST_BYTES,
            timeout_seconds=1.5,
            total_timeout_seconds=4,
            patience_seconds=30,
            max_pages=6_000,  # a crawler that falls into a trap fails, and does not hang
        )
        report = run(settings)
        return Crawled(portal, rows(settings.archive_path), portal.requested(), report)


def settings_of(
    portal: Portal, folder: Path, *, site: Mapping[str, Any] | None = None, **crawl_settings: Any
) -> Settings:
    """A configuration for the portal; ``site`` overrides the site's settings."""
    entry = {
        "name": "portal",
        "start_urls": [portal.home],
        "allowed_hosts": portal.allowed,
        "extra_urls": portal.extra_urls,
        "exclude": portal.exclude,
        "lists": portal.lists,
        **(site or {}),
    }
    loopback = {"delay_seconds": 0, "allow_private_addresses": True, "retries": 0}
    content = {"sites": [entry], "crawl": {**loopback, **crawl_settings}}
    path = folder / "crawl_config.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return load_settings(path)


def run(settings: Settings, *, is_full: bool = False) -> Mapping[str, Any]:
    """Crawl; returns the report of the run."""
    archive = Archive(settings.archive_path)
    try:
        crawl(settings, settings.sites, archive, lambda _: None, is_full=is_full)
        return dict(list_runs(archive)[0].report)
    finally:
        archive.close()


def rows(path: Path) -> dict[str, Row]:
    """Every page of an archive."""
    archive = Archive(path)
    try:
        documents = {entry.page: archive.document(entry.page) for entry in archive.list_documents()}
        found: list[sqlite3.Row] = archive.connection.execute(
            "SELECT id, url, state, status, error FROM page"
        ).fetchall()
        titles = {page: document.title for page, document in documents.items() if document}
        return {
            row["url"]: Row(row["state"], row["status"], row["error"], titles.get(row["id"]))
            for row in found
        }
    finally:
        archive.close()


def complaints(trait: Trait, crawled: Crawled) -> list[str]:
    """What a crawl did otherwise than a trait expects, a line each."""
    expected, found = trait.expected, crawled.pages
    without_end = tuple(expected.endless)
    asked = {
        url: count
        for url, count in crawled.requested.items()
        if trait.owns(url) and not (without_end and url.startswith(without_end))
    }
    lines = [*_pages(trait, crawled), *_documents(trait, crawled)]
    for url in sorted(expected.live | set(expected.states)):
        forbidden = url.startswith(tuple(expected.forbidden)) if expected.forbidden else False
        times = 0 if forbidden else expected.attempts.get(url, 1)
        if asked.get(url, 0) != times:
            lines.append(f"asked {asked.get(url, 0)} times instead of {times}: {url}")
    for url in sorted(set(asked) - expected.live - set(expected.states)):
        if url not in expected.may_ask:
            lines.append(f"asked for what nothing leads to: {url}")
        elif asked[url] > 1:
            lines.append(f"asked {asked[url]} times: {url}")
    for start in sorted(expected.forbidden):
        lines += [f"forbidden: {url}" for url in crawled.requested if url.startswith(start)]
    for start, (fewest, most) in expected.endless.items():
        times = sum(n for url, n in crawled.requested.items() if url.startswith(start))
        if not fewest <= times <= most:
            lines.append(f"asked {times} times instead of {fewest} to {most}: {start}…")
    lines += [
        f"{url}: error {found[url].error!r} without {part!r}"
        for url, part in expected.errors.items()
        if url in found and part not in (found[url].error or "")
    ]
    return lines


def _pages(trait: Trait, crawled: Crawled) -> list[str]:
    """Pages in another state than expected, and pages that should not be there."""
    expected = trait.expected
    without_end = tuple(expected.endless)
    wanted = {**dict.fromkeys(expected.live, "live"), **expected.states}
    lines = []
    for url, state in sorted(wanted.items()):
        row = crawled.pages.get(url)
        if row is None:
            lines.append(f"not found: {url}")
        elif row.state != state:
            lines.append(f"{row.state} ({row.status}, {row.error}) instead of {state}: {url}")
    for url, row in crawled.pages.items():
        if not trait.owns(url) or url in wanted or row.state == "known":
            continue
        if url in expected.may_ask or (without_end and url.startswith(without_end)):
            continue
        lines.append(f"{row.state}, but nothing leads to it: {url}")
    return lines


def _documents(trait: Trait, crawled: Crawled) -> list[str]:
    """Articles without their document, or under another title."""
    lines = []
    for url, title in trait.expected.titles.items():
        row = crawled.pages.get(url)
        if row is not None and row.title != title:
            lines.append(f"title {row.title!r} instead of {title!r}: {url}")
    for url in trait.expected.documents:
        row = crawled.pages.get(url)
        if row is not None and not row.title:
            lines.append(f"no document: {url}")
    return lines
