"""``report``: what runs found."""

from __future__ import annotations

from typing import Any

import click

from indexer.archive import Archive
from indexer.archive.runs import find_run, suspicious_runs
from search_api.cli.report_text import report_lines
from search_api.cli.setting import (
    ConfigFile,
    Failure,
    configured_sites,
    json_option,
    pass_config,
    print_json,
)
from search_api.runs import latest_reports, report_of


@click.command("report")
@click.option("--site", metavar="NAME", help="Only of this site.")
@click.option("--run", "number", type=click.IntRange(1), help="Not the latest run.")
@json_option
@pass_config
def report_command(config: ConfigFile, site: str | None, number: int | None, as_json: bool) -> None:
    """What the latest run of each site found, and what stood in its way."""
    settings = config.settings
    names = configured_sites(settings, (site,) if site else ())
    archive = Archive(settings.archive_path)
    try:
        if number is not None:
            reports = [_report_of_run(archive, number, site)]
        else:
            reports = latest_reports(archive, names or [one.name for one in settings.sites])
    finally:
        archive.close()
    if not reports:
        raise Failure(
            f"no run of {site or 'any site'} has a report yet: 'qzsearch crawl' makes one"
        )
    if as_json:
        print_json(reports)
        return
    for report in reports:
        for line in report_lines(report, settings.schedule.zone):
            click.echo(line)


def _report_of_run(archive: Archive, number: int, site: str | None) -> dict[str, Any]:
    # Beyond 63 bits SQLite has no integers, so there can be no such run either.
    run = find_run(archive, number) if number < 2**63 else None
    if run is None or site not in (None, run.site):
        of_site = f" of {site}" if site else ""
        raise Failure(f"there is no run {number}{of_site}, or it was long ago and is forgotten")
    if not run.report:
        raise Failure(
            f"run {number} of {run.site} has no report yet: it is under way or was interrupted; "
            "the next crawl continues it"
        )
    return report_of(run, suspicious_runs(archive))
