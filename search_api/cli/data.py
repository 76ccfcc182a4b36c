"""``import`` and ``export``."""

from __future__ import annotations

from pathlib import Path

import click

from indexer.archive import Archive
from indexer.exchange import export_file
from indexer.jobs.run import Step
from indexer.jobs.tasks import import_task
from search_api.cli.jobs import print_index_summary, run_in_foreground
from search_api.cli.progress import ProgressDisplay
from search_api.cli.setting import ConfigFile, pass_config

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("import")
@click.argument("file", type=_FILE)
@pass_config
def import_command(config: ConfigFile, file: Path) -> None:
    """Add documents from JSON Lines (.jsonl, .jsonl.gz).

    Each line is an object with url and title, then text or html, and whatever else the
    search API shows of a document. Bad lines are told and passed over.
    """
    settings = config.settings
    job = run_in_foreground(settings, "import", lambda run: import_task(settings, run, file))
    click.echo(f"imported: {(job.summary or {}).get('imported', 0)} documents")
    print_index_summary(job)


@click.command("export")
@click.argument("file", type=_FILE)
@pass_config
def export_command(config: ConfigFile, file: Path) -> None:
    """Write the archive's documents as JSON Lines (.jsonl, .jsonl.gz)."""
    archive = Archive(config.settings.archive_path)
    try:
        with ProgressDisplay() as display:
            count = export_file(
                file, archive, lambda done, total: display.show(Step(done, total, "documents"))
            )
    finally:
        archive.close()
    click.echo(f"exported: {count} documents")
