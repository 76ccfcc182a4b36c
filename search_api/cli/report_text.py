"""A run's report as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from search_api.resources import load_yaml_resource
from search_api.runs import all_counts

_LISTED: Final = 20
"""Entries of a list that are printed; its total is told."""
_UNITS: Final = ("B", "KB", "MB", "GB", "TB")
_STATUS: Final = "status_"


@lru_cache(maxsize=1)
def _words() -> dict[str, dict[str, str]]:
    return load_yaml_resource("report.yaml")


def readable_bytes(count: float) -> str:
    """A number of bytes in the largest unit of 1024 that fits, as the console shows it."""
    unit = 0
    while count >= 1024 and unit < len(_UNITS) - 1:
        count, unit = count / 1024, unit + 1
    return f"{count:.1f} {_UNITS[unit]}" if unit and count < 100 else f"{count:.0f} {_UNITS[unit]}"


def plain(text: object) -> str:
    """Text of a web site without what would steer a terminal: controls, changes of direction."""
    return "".join(one if one.isprintable() else " " for one in str(text))


def counts_line(report: Mapping[str, Any]) -> str:
    """Pages by outcome in words: ``3 new, 2 changed, 40 unchanged, 1 gone, 2 blocked``."""
    counts = {
        name: count
        for name, count in all_counts(dict(report)).items()
        if not name.startswith(("blocked_", "failed_"))
    }
    words = _words()["outcomes"]
    told = [f"{counts.pop(name)} {word}" for name, word in words.items() if counts.get(name)]
    told += [f"{count} {plain(name)}" for name, count in counts.items() if count]
    for what in ("blocked", "failed"):
        if total := sum(report[what].values()):
            told.append(f"{total} {what}")
    return ", ".join(told) or "nothing to do"


def traffic_line(report: Mapping[str, Any]) -> str:
    """Requests, bytes and seconds of a run."""
    traffic = report["traffic"]
    return (
        f"{_number(traffic['requests'], 'request')}, "
        f"{readable_bytes(traffic['bytes_received'])} received, "
        f"{readable_bytes(traffic['bytes_saved'])} saved, in {traffic['seconds']:.1f} s"
    )


def suspicion_line(site: str, run: int, removals: int, documents: int | None = None) -> str:
    """What a suspicious run waits for, with the commands that help."""
    of_all = f" of {documents}" if documents is not None else ""
    return (
        f"{site}: run {run} is suspicious: {removals}{of_all} documents would go, so none went; "
        f"look at 'qzsearch report --site {site}', and if the pages are really gone: "
        f"'qzsearch confirm --site {site}'"
    )


def report_lines(report: Mapping[str, Any], zone: ZoneInfo) -> Iterator[str]:
    """All of a report; times in ``zone``."""
    words = _words()
    kind = "full run" if report["full"] else "run"
    yield (
        f"{report['site']}: {kind} {report['run']}, "
        f"{_moment(report['started'], zone)} to {_moment(report['finished'], zone)}: "
        f"{words['states'].get(report['state'], report['state'])}"
        + (f" ({plain(report['paused'])})" if report.get("paused") else "")
    )
    pages = report["pages"]
    states = ", ".join(f"{pages[n]} {word}" for n, word in words["pages"].items() if pages.get(n))
    yield _row("pages", f"{pages['known']} known: {states or 'none'}")
    yield _row("asked for", f"{pages['asked']}, {pages['not_due']} were not due")
    yield _row("found", counts_line({**report, "blocked": {}, "failed": {}}))
    for what in ("blocked", "failed"):
        if report[what]:
            yield _row(what, _causes(report[what], words[what]))
    yield _row("traffic", traffic_line(report))
    yield from _dead_links(report)
    yield from _stale_columns(report)
    yield from _urls("needs script", report["needs_script"], report["needs_script_total"])
    yield from _read_in_part(report)
    yield from _redirects(report)
    yield from _traps(report)
    yield from _suspicion(report, zone)


def _read_in_part(report: Mapping[str, Any]) -> Iterator[str]:
    documents, total = report["read_in_part"][:_LISTED], report["read_in_part_total"]
    if total:
        yield _row("read in part", _total(total, len(documents)))
    for one in documents:
        title = f" “{plain(one['title'])}”" if one["title"] else ""
        yield f"    {plain(one['url'])}{title}: {plain(one['problem'])}"


def _causes(causes: Mapping[str, int], words: Mapping[str, str]) -> str:
    told = []
    for cause, count in sorted(causes.items(), key=lambda item: (-item[1], item[0])):
        by_status = f"with status {cause.removeprefix(_STATUS)}" if _STATUS in cause else cause
        told.append(f"{count} {words.get(cause, plain(by_status))}")
    return ", ".join(told)


def _dead_links(report: Mapping[str, Any]) -> Iterator[str]:
    links, total = report["dead_links"][:_LISTED], report["dead_links_total"]
    if total:
        yield _row("dead links", _total(total, len(links)))
    for link in links:
        why = link["status"] if link["status"] not in (None, 200) else link.get("error") or "gone"
        anchor = f" “{plain(link['anchor'])}”" if link["anchor"] else ""
        since = f", since {link['since'][:10]}" if link["since"] else ""
        yield f"    {plain(link['url'])}{anchor}: {plain(why)}{since}"
        for carrier in link["carriers"]:
            title = f" “{plain(carrier['title'])}”" if carrier["title"] else ""
            yield f"      on {plain(carrier['url'])}{title}"
        if (more := link["carriers_total"] - len(link["carriers"])) > 0:
            yield f"      and on {more} more"


def _stale_columns(report: Mapping[str, Any]) -> Iterator[str]:
    columns = report["stale_columns"]
    if columns:
        yield _row("stale", f"{_number(len(columns), 'column')} without anything new")
    for column in columns[:_LISTED]:
        yield (
            f"    {plain(column['column'])}: newest of {column['newest']}, {column['days']} days "
            f"ago; {_number(column['documents'], 'document')}"
        )


def _urls(name: str, urls: list[str], total: int) -> Iterator[str]:
    if total:
        yield _row(name, _total(total, min(len(urls), _LISTED)))
    for url in urls[:_LISTED]:
        yield f"    {plain(url)}"


def _redirects(report: Mapping[str, Any]) -> Iterator[str]:
    redirects = report["refused_redirects"]
    if redirects:
        shown = _total(len(redirects), min(len(redirects), _LISTED))
        yield _row("redirects", f"refused: {shown}")
    for redirect in redirects[:_LISTED]:
        yield f"    {plain(redirect['url'])}: {plain(redirect['error'])}"


def _traps(report: Mapping[str, Any]) -> Iterator[str]:
    if report["traps"]:
        yield _row("traps", _number(len(report["traps"]), "pattern"))
    for trap in report["traps"][:_LISTED]:
        yield f"    {plain(trap['pattern'])}: {trap['asked']} asked for, {trap['skipped']} left out"


def _suspicion(report: Mapping[str, Any], zone: ZoneInfo) -> Iterator[str]:
    suspicious = report["suspicious"]
    if suspicious is None:
        return
    held = f"{suspicious['removals']} of {suspicious['documents']} documents"
    if report["state"] != "suspicious":
        confirmed = suspicious["confirmed"]
        end = f"confirmed {_moment(confirmed, zone)}" if confirmed else "a later run decided"
        yield _row("held back", f"{held}; {end}")
        return
    yield _row("held back", f"{held} would go, so none went. Among them")
    for url in suspicious["pages"][:_LISTED]:
        yield f"    {plain(url)}"
    yield f"  If they are really gone: qzsearch confirm --site {report['site']}"


def _row(name: str, text: str) -> str:
    return f"  {name:<13}{text}"


def _total(total: int, shown: int) -> str:
    return str(total) if total <= shown else f"{total}, of which the first {shown}"


def _number(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _moment(text: str, zone: ZoneInfo) -> str:
    return datetime.fromisoformat(text).astimezone(zone).strftime("%Y-%m-%d %H:%M")
