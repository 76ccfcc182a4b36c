"""``personal-data``: pages that show a person's numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import click

from indexer.archive import Archive
from indexer.archive.model import FoundPersonalData
from search_api.cli.report_text import plain
from search_api.cli.setting import (
    ConfigFile,
    configured_sites,
    json_option,
    pass_config,
    print_json,
)
from search_api.personal_data import page_record


@click.command("personal-data")
@click.option("--site", metavar="NAME", help="Only of this site.")
@json_option
@pass_config
def personal_data_command(config: ConfigFile, site: str | None, as_json: bool) -> None:
    """List the pages in which identity, mobile or card numbers were masked."""
    settings = config.settings
    configured_sites(settings, (site,) if site else ())
    with closing(Archive(settings.archive_path)) as archive:
        pages = archive.personal_findings(site, archive.count_personal_findings(site))
    if as_json:
        print_json([page_record(page) for page in pages])
        return
    for page in pages:
        for line in _lines(page):
            click.echo(line)
    click.echo(f"{len(pages)} page{'' if len(pages) == 1 else 's'} with personal data")


def _lines(page: FoundPersonalData) -> Iterator[str]:
    yield f"{plain(page.url)} “{plain(page.title)}”"
    for finding in page.findings:
        times = f", {finding.count} times" if finding.count > 1 else ""
        yield f"    {finding.kind} {finding.shown} in {plain(finding.field)}{times}"
