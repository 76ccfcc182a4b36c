"""Times over sizes on two logarithmic axes, as an SVG that is read in light and dark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, floor, log10

_WIDTH, _HEIGHT = 910, 460
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 610, 40, 400
_COLOURS = ("#c4161c", "#f08a8d", "#7a5195", "#1f77b4", "#2a7f3e", "#6fbf73", "#b8860b", "#e0b040")


def write_plot(points: Mapping[str, Sequence[tuple[int, float]]]) -> str:
    """The drawing: a line for each engine, with milliseconds over documents.

    A dotted line shows what linear growth is, from the first engine's first point on.
    """
    sizes = [size for line in points.values() for size, _time in line]
    times = [time for line in points.values() for _size, time in line]
    scale = _Scale(sizes, times)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        'font-family="sans-serif" font-size="13">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        f'<text x="{_LEFT}" y="22" font-size="15">Median of any-word queries, milliseconds</text>',
        *_grid(scale),
    ]
    first = next(iter(points.values()))
    (size, time), last = first[0], first[-1][0]
    parts.append(_line(scale, [(size, time), (last, time * last / size)], "#777", "2 4"))
    for at, line in enumerate(points.values()):
        colour = _COLOURS[at % len(_COLOURS)]
        parts.append(_line(scale, line, colour))
        parts += [
            f'<circle cx="{scale.x(size):.1f}" cy="{scale.y(time):.1f}" r="3" fill="{colour}"/>'
            for size, time in line
        ]
    parts += _legend([*points, "linear growth"])
    return "\n".join([*parts, "</svg>\n"])


class _Scale:
    def __init__(self, sizes: Sequence[int], times: Sequence[float]) -> None:
        self.least, self.most = floor(log10(min(times))), ceil(log10(max(times)))
        self.first, self.last = log10(min(sizes)), log10(max(sizes))
        self.sizes = sorted(set(sizes))

    def x(self, size: float) -> float:
        """Where a number of documents is."""
        span = self.last - self.first or 1
        return _LEFT + (_RIGHT - _LEFT) * (log10(size) - self.first) / span

    def y(self, time: float) -> float:
        """Where a time is."""
        return _BOTTOM - (_BOTTOM - _TOP) * (log10(time) - self.least) / (self.most - self.least)


def _grid(scale: _Scale) -> list[str]:
    parts = []
    for power in range(scale.least, scale.most + 1):
        y = scale.y(10.0**power)
        parts.append(f'<path d="M{_LEFT} {y:.1f}H{_RIGHT}" stroke="#ddd"/>')
        parts.append(
            f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:g}</text>'
        )
    for size in scale.sizes:
        x = scale.x(size)
        parts.append(f'<path d="M{x:.1f} {_TOP}V{_BOTTOM}" stroke="#eee"/>')
        parts.append(f'<text x="{x:.1f}" y="{_BOTTOM + 20}" text-anchor="middle">{size:,}</text>')
    middle = (_LEFT + _RIGHT) / 2
    parts.append(f'<text x="{middle}" y="{_BOTTOM + 44}" text-anchor="middle">documents</text>')
    return parts


def _line(
    scale: _Scale, points: Sequence[tuple[float, float]], colour: str, dashes: str = ""
) -> str:
    path = " ".join(f"{scale.x(size):.1f},{scale.y(time):.1f}" for size, time in points)
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dashed}/>'


def _legend(names: Sequence[str]) -> list[str]:
    parts = []
    for at, name in enumerate(names):
        y = _TOP + 10 + at * 24
        colour = "#777" if at == len(names) - 1 else _COLOURS[at % len(_COLOURS)]
        parts.append(f'<path d="M{_RIGHT + 16} {y}h20" stroke="{colour}" stroke-width="3"/>')
        parts.append(f'<text x="{_RIGHT + 42}" y="{y + 4}">{name}</text>')
    return parts
