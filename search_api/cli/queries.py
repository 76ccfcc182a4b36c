"""``search`` and ``evaluate``."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from analyzers.segment import default_segmenter
from indexer.document import DOCUMENT_TYPES
from indexer.index import open_engine
from search_api.cli.explanation import explanation_lines
from search_api.cli.setting import ConfigFile, json_option, pass_config, print_json
from search_api.evaluation import (
    MEASURES,
    EvaluationError,
    failures,
    judge,
    read_qrels,
    read_queries,
    read_report,
    report_of,
)
from search_api.parameters import InvalidParameters, SearchParameters, read_parameters
from search_api.presentation import search_record
from search_api.searching import SearchOutcome, run_search

_FILE = click.Path(path_type=Path, dir_okay=False, exists=True)
_SHOWN = 3
"""Expected documents that are named of a query that failed."""


@click.command("search")
@click.argument("query")
@click.option("--size", type=click.IntRange(1, 50), default=10, show_default=True)
@click.option("--explain", is_flag=True, help="How the score of each result comes about.")
@json_option
@pass_config
def search_command(config: ConfigFile, query: str, size: int, explain: bool, as_json: bool) -> None:
    """Search from the terminal."""
    engine = open_engine(config.settings)
    try:
        given = {"q": query, "size": str(size), "explain": str(int(explain))}
        parameters = read_parameters(SearchParameters, given, "en")
    except InvalidParameters as error:
        raise click.UsageError(str(error)) from None
    # The time shown is the search's own, not that of opening index and dictionary.
    engine.status()
    default_segmenter().load()
    started = time.perf_counter()
    outcome = run_search(engine, parameters)
    took = (time.perf_counter() - started) * 1000
    if as_json:
        print_json(search_record(parameters, outcome, took))
    else:
        _print_results(outcome, took)


def _print_results(outcome: SearchOutcome, took: float) -> None:
    click.echo(f"{outcome.response.total} results in {took:.1f} ms")
    if outcome.correction is not None:
        word = "searched instead" if outcome.correction.applied else "perhaps you meant"
        click.echo(f"{word}: {outcome.correction.query}")
    for rank, hit in enumerate(outcome.response.hits, 1):
        document = hit.document
        click.echo(f"\n{rank}. {document.title}")
        facts = (
            DOCUMENT_TYPES[document.type],
            document.published.isoformat() if document.published else None,
            document.document_number,
            document.source,
        )
        click.echo("   " + " · ".join(fact for fact in facts if fact))
        click.echo(f"   {document.url}")
        for line in explanation_lines(hit):
            click.echo(line)


@click.command("evaluate")
@click.option(
    "--queries", type=_FILE, required=True, help="JSON Lines with id, text and perhaps a group."
)
@click.option(
    "--qrels",
    type=_FILE,
    required=True,
    help="Query id, document (URL, or site:/path), grade; tab-separated.",
)
@click.option("--list", "as_list", is_flag=True, help="Every query that failed, and how.")
@click.option(
    "--compare", type=_FILE, help="A report that --json printed before: shows the differences."
)
@json_option
@pass_config
def evaluate_command(
    config: ConfigFile,
    queries: Path,
    qrels: Path,
    as_list: bool,
    compare: Path | None,
    as_json: bool,
) -> None:
    """Measure hit@1, hit@10, MRR@10 and nDCG@10 of a judged query set against the index.

    Queries with a group are measured by group too.
    """
    sites = {site.name: site.start_urls[0] for site in config.settings.sites}
    try:
        before = read_report(compare) if compare else {}
        judged = judge(
            open_engine(config.settings), read_queries(queries), read_qrels(qrels, sites)
        )
    except EvaluationError as error:
        raise click.UsageError(str(error)) from None
    report = report_of(judged)
    failed = failures(judged) if as_list else []
    if as_json:
        print_json(report | {"failed": failed} if as_list else report)
        return
    _print_report(report, before)
    for failure in failed:
        _print_failure(failure)


def _print_report(report: Mapping[str, Any], before: Mapping[str, Any]) -> None:
    """A line for each measure, then one for each group; with what it was before."""
    for name, value in _figures(report).items():
        click.echo(f"{name:>10}  {_change(value, _figures(before).get(name))}")
    groups = report.get("groups", {})
    if not groups:
        return
    wide = max(len(group) for group in groups)
    click.echo(f"\n{'':{wide}}  queries" + "".join(f"  {name:>16}" for name in MEASURES))
    for group, figures in groups.items():
        former = before.get("groups", {}).get(group, {})
        cells = (_change(figures[name], former.get(name)) for name in MEASURES)
        click.echo(f"{group:{wide}}  {figures['queries']:7}" + "".join(f"  {c:>16}" for c in cells))


def _figures(report: Mapping[str, Any]) -> dict[str, float | int]:
    return {name: report[name] for name in ("queries", *MEASURES) if name in report}


def _change(value: float | int, before: float | int | None) -> str:
    if not isinstance(value, float):
        return str(value)
    return f"{value:.4f}" if before is None else f"{value:.4f} {value - before:+.4f}"


def _print_failure(failure: Mapping[str, Any]) -> None:
    group = f" [{failure['group']}]" if failure["group"] else ""
    where = f"at rank {failure['rank']}" if failure["rank"] else "not among the first ten"
    click.echo(f"\n{failure['id']}{group} {failure['query']}: {where}")
    for url in failure["expected"][:_SHOWN]:
        click.echo(f"   expected  {url}")
    first = failure["first"]
    click.echo(f"   first     {first['title']}  {first['url']}" if first else "   no results")
