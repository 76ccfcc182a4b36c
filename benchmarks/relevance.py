"""Relevance on judged queries, beside peers in the same run over the same documents.

    python -m pip install tantivy
    python benchmarks/relevance.py --data DATA [--sets stard,letters,service_items,samples,laws]

stard and letters are judged sets of DATA; of each, half of the queries (chosen by a hash of
their ids) is for tuning, and figures are quoted of the other half. service_items asks for
every name as it is, with one wrong character of the same sound, in full pinyin and in
initials. samples is the project's own judged set over the bundled sample sites. laws holds
the law articles and the samples, some of the articles with made-up document numbers: numbers
in every spelling, times of suggestions and of queries that cost most.

The peers are tantivy on the words of jieba's search mode and SQLite FTS5 on pairs of
characters, each with its own BM25 and, in each set, the title weight that suits it best.
Indexes are kept in WORK and made anew when the running code calls them stale.

--ablate FILE reruns stard, letters and samples with changed parameters: a YAML list of
``{name: no bonus, ranking: {title_exact: 0}}``.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import law_articles
import yaml
from judging import sets, tasks, typing_errors
from judging.engines import Engine, Fts5, Product, Tantivy
from judging.workspace import Workspace, say

from analyzers.document_number import DocumentNumber, parse_document_number
from indexer.document import Document
from indexer.index.ranking import RankingParameters, ranking_parameters
from search_api.evaluation import means, read_qrels, read_queries, report_of

SETS = ("stard", "letters", "service_items", "samples", "laws")
PEER_TITLES = {"stard": 0.25, "letters": 1.0}
"""What a peer's titles count beside its texts, 2 in the other sets: of 0, 0.25, 0.5, 1 and 2
what suits tantivy best in each set. This product has one set of parameters for all."""
OWN_SET = Path(__file__).parents[1] / "tests" / "judged"
ORGS = (
    "钦政发",
    "钦政办",
    "钦政函",
    "钦政规",
    "钦市财发",
    "钦教发",
    "桂发改环资",
    "国办发",
    "国发",
)
BODIES = ("财政部", "商务部", "教育部", "公安部", "交通运输部", "钦州市人民政府")


@dataclass(frozen=True)
class Options:
    """What was asked for."""

    data: Path
    work: Path
    queries: int
    articles: int | None
    numbers: int
    peers: bool


def print_table(title: str, rows: Sequence[tuple[tuple[str, ...], Mapping[str, Any]]]) -> None:
    """Rows of labels and figures; columns are the figures that any row has."""
    names = list(dict.fromkeys(name for _labels, figures in rows for name in figures))
    print(f"\n## {title}\n")
    blanks = [""] * len(rows[0][0])
    print("| " + " | ".join([*blanks, *names]) + " |")
    print("|" + "---|" * (len(blanks) + len(names)))
    for labels, figures in rows:
        cells = [_cell(figures[name]) if name in figures else "" for name in names]
        print("| " + " | ".join([*labels, *cells]) + " |", flush=True)


def _cell(value: float | int) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.3f}" if value <= 1 else f"{value:.1f}"


Rows = list[tuple[tuple[str, ...], tasks.Figures]]


def engines_of(space: Workspace, options: Options) -> Iterator[Engine]:
    """This product, then its peers, over the documents of a workspace, opened and warm."""
    for engine in _opened(space, options):
        for text in ("公积金", "gongjijin", "公基金"):
            engine.find(text)
        yield engine


def _opened(space: Workspace, options: Options) -> Iterator[Engine]:
    yield Product(space.engine())
    if not options.peers:
        return
    documents = space.documents()
    boost = PEER_TITLES.get(space.root.name, 2.0)
    if find_spec("tantivy"):
        yield Tantivy(documents, space.root / "tantivy", boost)
    else:
        say("tantivy is not installed")
    yield Fts5(documents, space.root / "fts5", boost)


def judged_set_of(name: str, options: Options) -> tuple[Workspace, sets.JudgedSet]:
    """A set's workspace, filled, and its judgements."""
    space = Workspace(options.work / name)
    if name == "samples":
        space.fill_from_samples()
        qrels = read_qrels(OWN_SET / "qrels.tsv", space.sites)
        judged = sets.JudgedSet(name, read_queries(OWN_SET / "queries.jsonl"), qrels)
    else:
        space.fill(sets.records(options.data, name))
        judged = sets.load_set(options.data, name)
    if options.queries:
        chosen = dict(list(judged.queries.items())[: options.queries])
        judged = sets.JudgedSet(name, chosen, judged.qrels)
    return space, judged


def run_judged(name: str, options: Options) -> Rows:
    """hit@1 to nDCG@10 of every engine: halves of the public sets, groups of our own."""
    space, judged_set = judged_set_of(name, options)
    rows: Rows = []
    for engine in engines_of(space, options):
        judged, times = tasks.judged_queries(engine, judged_set)
        if name == "samples":
            parts = {"all": means(judged), **report_of(judged)["groups"]}
        else:
            halves = tasks.in_halves(judged)
            parts = {half: means(halves[half]) for half in sets.HALVES if half in halves}
        for part, figures in parts.items():
            rows.append(((engine.name, part), {**figures, **times}))
            times = {}
    return rows


def run_service_items(name: str, options: Options) -> Rows:
    """Names as they are and as people mistype and abbreviate them."""
    space = Workspace(options.work / name)
    space.fill(sets.records(options.data, name))
    names = sets.load_names(options.data)
    if options.queries:
        names = random.Random(604).sample(names, options.queries)  # noqa: S311
    titles = {one.url: one.title for one in space.documents()}
    wrong = {one: typed for one in names if (typed := typing_errors.with_homophone(one))}
    asked: list[tuple[str, dict[str, str], int]] = [
        ("as it is: first", {one: one for one in names}, 1),
        ("one homophone wrong: in three", wrong, tasks.FEW),
        ("full pinyin: in three", {one: typing_errors.in_pinyin(one) for one in names}, tasks.FEW),
        ("initials: found in ten", {one: typing_errors.in_initials(one) for one in names}, 10),
    ]
    rows: Rows = []
    for engine in engines_of(space, options):
        for label, queries, within in asked:
            found = tasks.names_asked(engine, queries, titles, within)
            rows.append(((engine.name, label), found))
        if isinstance(engine, Product):
            given = tasks.suggested(engine.engine, asked[-1][1])
            rows.append(((engine.name, "initials: suggested in ten"), given))
            rows.append(((engine.name, "right names"), tasks.corrections(engine, names)))
    return rows


def made_up_number(chance: random.Random) -> str:
    """Most with 代字, some of orders and announcements."""
    year, serial = chance.randint(1996, 2025), chance.randint(1, 240)
    if chance.random() < 0.1:
        return f"{chance.choice(BODIES)}令第{serial}号"
    if chance.random() < 0.1:
        return f"{chance.choice(BODIES)}公告{year}年第{serial}号"
    return f"{chance.choice(ORGS)}〔{year}〕{serial}号"


def law_records(samples: Sequence[Document], options: Options) -> Iterator[dict[str, Any]]:
    """The sample documents, then the articles, evenly some of them with numbers."""
    chance = random.Random(604)  # noqa: S311  # not for secrets
    taken = {one.document_number for one in samples}
    yield from (one.to_record() | {"site": "samples"} for one in samples if "#" not in one.url)
    count = options.articles or 147_288
    every = max(count // options.numbers, 1)
    for place, record in enumerate(law_articles.records(options.data, options.articles)):
        if place % every == 0:
            written = ""
            while not written or written in taken:
                written = made_up_number(chance)
            taken.add(written)
            record["document_number"] = written
        yield record


def numbers_of(documents: Sequence[Document]) -> dict[DocumentNumber, str]:
    """The URL of every document by its number, where one document alone has it."""
    found: dict[DocumentNumber, list[Document]] = {}
    for one in documents:
        number = parse_document_number(one.document_number or "")
        if number is not None:
            found.setdefault(number, []).append(one)
    return {
        number: same[0].url
        for number, same in found.items()
        if len({(one.title, one.text) for one in same}) == 1
    }


def run_laws(_name: str, options: Options) -> Iterator[tuple[str, Rows]]:
    """Numbers, suggestions and hard queries over the law articles."""
    samples = Workspace(options.work / "samples")
    samples.fill_from_samples()
    suffix = f"-{options.articles}" if options.articles else ""
    space = Workspace(options.work / f"laws{suffix}")
    space.fill(law_records(samples.documents(), options))
    documents = space.documents()
    numbers = numbers_of(documents)
    kinds = tasks.hard_queries(documents)
    titles = [one.title for one in documents]
    by_number: Rows = []
    hard: Rows = []
    suggestions: Rows = []
    for engine in engines_of(space, options):
        found = tasks.number_tasks(engine, numbers)
        by_number += [((engine.name, form), figures) for form, figures in found.items()]
        times = tasks.hard_times(engine, kinds)
        hard += [((engine.name, kind), figures) for kind, figures in times.items()]
        if isinstance(engine, Product):
            given = tasks.suggestion_times(engine.engine, titles)
            suggestions += [((engine.name, way), figures) for way, figures in given.items()]
    yield "document numbers: first", by_number
    yield "suggestions", suggestions
    yield "queries that cost most", hard


def run_ablations(path: Path, names: Sequence[str], options: Options) -> Rows:
    """The judged sets with parameters changed, one row for each change, half and set."""
    changes = yaml.safe_load(path.read_text(encoding="utf-8"))
    rows: Rows = []
    for name in names:
        space, judged_set = judged_set_of(name, options)
        for change in [{"name": "as shipped", "ranking": {}}, *changes]:
            engine = Product(space.engine(changed(change["ranking"])))
            halves = tasks.in_halves(tasks.judged_queries(engine, judged_set)[0])
            for half in sets.HALVES:
                rows.append(((name, change["name"], half), means(halves[half])))
                say(f"{name}, {change['name']}, {half}: {rows[-1][1]}")
    return rows


def changed(overrides: Mapping[str, Any]) -> RankingParameters:
    """The shipped parameters but for some; of a mapping only the named keys change."""
    values = ranking_parameters().model_dump()
    for name, value in overrides.items():
        is_mapping = isinstance(value, dict) and isinstance(values.get(name), dict)
        values[name] = {**values[name], **value} if is_mapping else value
    return RankingParameters(**values)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path("relevance-work"))
    parser.add_argument("--sets", default="stard,letters,service_items,samples")
    parser.add_argument("--ablate", type=Path, metavar="FILE")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--queries", type=int, default=0, help="only so many; 0: all")
    parser.add_argument("--articles", type=int, help="only so many law articles")
    parser.add_argument("--numbers", type=int, default=150, help="articles with a number")
    parser.add_argument("--no-peers", action="store_true")
    given = parser.parse_args()
    names = given.sets.split(",")
    if unknown := set(names) - set(SETS):
        parser.error(f"--sets: takes {', '.join(SETS)}; not {', '.join(sorted(unknown))}")
    options = Options(
        given.data, given.work, given.queries, given.articles, given.numbers, not given.no_peers
    )
    tables: dict[str, Rows] = {}
    if given.ablate:
        chosen = [name for name in names if name not in ("service_items", "laws")]
        tables["what each ingredient gives"] = run_ablations(given.ablate, chosen, options)
        names = []
    runs: dict[str, Callable[[str, Options], Rows]] = {"service_items": run_service_items}
    for name in names:
        if name == "laws":
            tables.update(run_laws(name, options))
        else:
            tables[name] = runs.get(name, run_judged)(name, options)
    for title, rows in tables.items():
        print_table(title, rows)
    if given.json:
        records = {
            title: [{"of": labels, **figures} for labels, figures in rows]
            for title, rows in tables.items()
        }
        given.json.write_text(json.dumps(records, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
