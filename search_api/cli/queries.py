"""``search`` and ``evaluate``."""

from __future__ import annotations

import time
from pathlib import Path

import click

from analyzers.segment import default_segmenter
from indexer.document import DOCUMENT_TYPES
from indexer.index import open_engine
from search_api.cli.setting import ConfigFile, json_option, pass_config, print_json
from search_api.evaluation import EvaluationError, evaluate, read_qrels, read_queries
from search_api.parameters import InvalidParameters, SearchParameters, read_parameters
from search_api.presentation import search_record
from search_api.searching import SearchOutcome, run_search

_FILE = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.command("search")
@click.argument("query")
@click.option("--size", type=click.IntRange(1, 50), default=10, show_default=True)
@json_option
@pass_config
def search_command(config: ConfigFile, query: str, size: int, as_json: bool) -> None:
    """Search from the terminal."""
    engine = open_engine(config.settings)
    try:
        parameters = read_parameters(SearchParameters, {"q": query, "size": str(size)}, "en")
    except InvalidParameters as error:
        raise click.UsageError(str(error)) from None
    # The time shown is the search's own, not that of opening index and dictionary.
    engine.status()
    default_segmenter()
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


@click.command("evaluate")
@click.option("--queries", type=_FILE, required=True, help="JSON Lines with id and text.")
@click.option(
    "--qrels", type=_FILE, required=True, help="Query id, document URL, grade; tab-separated."
)
@json_option
@pass_config
def evaluate_command(config: ConfigFile, queries: Path, qrels: Path, as_json: bool) -> None:
    """Measure hit@1, hit@10, MRR@10 and nDCG@10 of a judged query set against the index."""
    try:
        report = evaluate(open_engine(config.settings), read_queries(queries), read_qrels(qrels))
    except EvaluationError as error:
        raise click.UsageError(str(error)) from None
    if as_json:
        print_json(report)
        return
    for name, value in report.items():
        click.echo(
            f"{name:>10}  {value:.4f}" if isinstance(value, float) else f"{name:>10}  {value}"
        )
