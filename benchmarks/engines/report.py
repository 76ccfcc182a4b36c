"""Tables as the documentation has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Row = tuple[tuple[str, ...], Mapping[str, str]]


def print_table(title: str, rows: Sequence[Row]) -> None:
    """Rows of labels and figures; columns are the figures that any row has."""
    names = list(dict.fromkeys(name for _labels, figures in rows for name in figures))
    print(f"\n## {title}\n")
    blanks = [""] * len(rows[0][0])
    print("| " + " | ".join([*blanks, *names]) + " |")
    print("|" + "---|" * (len(blanks) + len(names)))
    for labels, figures in rows:
        cells = [figures.get(name, "") for name in names]
        print("| " + " | ".join([*labels, *cells]) + " |", flush=True)


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which this share of them is."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def milliseconds(value: float) -> str:
    """With as many digits as mean something."""
    return f"{value:.3f}" if value < 1 else f"{value:.1f}"


def ratio(value: float) -> str:
    """How many times as long."""
    return f"{value:,.0f}×" if value >= 10 else f"{value:.1f}×"
