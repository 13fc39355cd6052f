"""Geometry of the small charts that the server draws as SVG; pure functions, no colours, no markup.

Coordinates are pixels of the stated view box, y downwards, rounded to a tenth. The macros of ``ui/charts.html``
turn them into elements.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

Point = tuple[float, float]

_WEDGE_WIDTH, _WEDGE_HEIGHT = 200.0, 44.0


def path(points: Sequence[Point]) -> str:
    """Return an SVG path of straight lines through ``points``; empty without points."""
    return " ".join(f"{'L' if index else 'M'}{x:.1f} {y:.1f}" for index, (x, y) in enumerate(points))


@dataclass(frozen=True, slots=True)
class Spark:
    """A sparkline: the line and the area below it, in a box of ``width`` by ``height``."""

    width: int
    height: int
    line: str
    area: str


def spark(values: Sequence[float], width: int = 64, height: int = 24) -> Spark:
    """Return a sparkline of ``values`` from left to right with 2 px of air above and below; flat when all are equal."""
    if len(values) < 2:
        return Spark(width, height, "", "")
    low, high = min(values), max(values)
    span = high - low
    step = width / (len(values) - 1)
    points = [
        (index * step, height / 2 if span == 0 else height - 2 - (value - low) / span * (height - 4))
        for index, value in enumerate(values)
    ]
    line = path(points)
    return Spark(width, height, line, f"{line} L{width:.1f} {height} L0.0 {height} Z")


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Return round numbers (1, 2, 2.5 or 5 times a power of ten apart) that cover ``low`` to ``high``."""
    if high <= low:
        return [low]
    raw = (high - low) / max(1, most - 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= raw * (1 - 1e-9))
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    return [round(index * step, 10) for index in range(first, last + 1)]


@dataclass(frozen=True, slots=True)
class Axis:
    """A tick: its share (0.25 means 25 %) and its pixel."""

    share: float
    at: float


@dataclass(frozen=True, slots=True)
class Frame:
    """The box of a chart: its size, and the room that its axes take on each side."""

    name: str
    width: int
    height: int
    left: float = 44.0
    right_margin: float = 16.0
    top: float = 22.0
    below: float = 38.0

    @property
    def right(self) -> float:
        """Return where the plot ends on the right."""
        return self.width - self.right_margin

    @property
    def bottom(self) -> float:
        """Return where the plot ends below."""
        return self.height - self.below


DESK: Final = Frame("desk", 736, 480)
WIDE: Final = Frame("wide", 1060, 480)
PHONE: Final = Frame("phone", 360, 300)


@dataclass(frozen=True, slots=True)
class WhaleChart:
    """The whale curve drawn: rising part, falling part, and the points people ask about."""

    rising: str
    falling: str
    area: str
    loss_x: float
    loss_width: float
    y_ticks: tuple[Axis, ...]
    x_ticks: tuple[Axis, ...]
    head: Point
    head_share: float
    peak: Point
    peak_share: float
    peak_customers: float
    end: Point
    frame: Frame


def whale_charts(points: Sequence[Point]) -> tuple[WhaleChart, ...]:
    """Return a whale curve drawn for each room that a page may have for it; raises as ``whale_chart`` does."""
    return tuple(whale_chart(points, frame=frame) for frame in (DESK, WIDE, PHONE))


def whale_chart(points: Sequence[Point], head_customers: float = 0.2, frame: Frame = DESK) -> WhaleChart:
    """Return the drawing of a whale curve in a frame.

    ``points`` are (share of customers, cumulative share of the total value), best customer first, ending at 1, 1.
    The curve splits at its highest point; ``head_customers`` (0.2) is the share whose value is marked. Raises
    ``ValueError`` when the points are empty or their shares of customers do not rise.
    """
    if not points or any(b[0] < a[0] for a, b in pairwise(points)):
        raise ValueError("points must be non-empty and rise in their share of customers")
    curve = [(0.0, 0.0), *points]
    scale = ticks(0.0, max(1.0, *(share for _, share in curve)))
    highest = scale[-1]
    peak = max(range(len(curve)), key=lambda index: curve[index][1])

    def place(point: Point) -> Point:
        x = frame.left + point[0] * (frame.right - frame.left)
        return round(x, 1), round(frame.bottom - point[1] / highest * (frame.bottom - frame.top), 1)

    pixels = [place(point) for point in curve]
    head_share = share_at(curve, head_customers)
    rising = path(pixels[: peak + 1])
    loss = frame.right - pixels[peak][0]
    return WhaleChart(
        rising=rising,
        falling=path(pixels[peak:]) if peak < len(curve) - 1 else "",
        area=f"{rising} L{pixels[peak][0]} {frame.bottom} L{frame.left} {frame.bottom} Z",
        loss_x=pixels[peak][0],
        loss_width=round(loss, 1) if peak < len(curve) - 1 else 0.0,
        y_ticks=tuple(Axis(value, place((0, value))[1]) for value in scale),
        x_ticks=tuple(Axis(step / 5, place((step / 5, 0))[0]) for step in range(6)),
        head=place((head_customers, head_share)),
        head_share=head_share,
        peak=pixels[peak],
        peak_share=curve[peak][1],
        peak_customers=curve[peak][0],
        end=pixels[-1],
        frame=frame,
    )


def share_at(curve: Sequence[Point], customers: float) -> float:
    """Return the cumulative share at a share of customers, linear between the points of ``curve``."""
    for (x0, y0), (x1, y1) in pairwise(curve):
        if x0 <= customers <= x1:
            return y1 if x1 == x0 else y0 + (y1 - y0) * (customers - x0) / (x1 - x0)
    return curve[-1][1]


def thin(points: Sequence[Point], most: int = 240) -> list[Point]:
    """Return at most ``most`` of the points, evenly spread, always with the first, the highest and the last one."""
    if len(points) <= most:
        return list(points)
    keep = {round(index * (len(points) - 1) / (most - 1)) for index in range(most)}
    keep.add(max(range(len(points)), key=lambda index: points[index][1]))
    return [points[index] for index in sorted(keep)]


def pyramid_wedges(levels: int) -> list[str]:
    """Return the polygon points of each level of a pyramid, top first, in boxes of 200 by 44 px."""
    wedges = []
    for level in range(levels):
        upper, lower = level / levels * 96, (level + 1) / levels * 96
        top, bottom = (2.0, _WEDGE_HEIGHT - 1) if level == 0 else (1.0, _WEDGE_HEIGHT - 1)
        middle = _WEDGE_WIDTH / 2
        corners = [(middle - upper, top), (middle + upper, top), (middle + lower, bottom), (middle - lower, bottom)]
        wedges.append(" ".join(f"{x:.0f},{y:.0f}" for x, y in corners))
    return wedges


def heat_level(value: float, highest: float) -> int:
    """Return the step 1 to 7 of the sequential colours for ``value`` between 0 and ``highest``; 0 means no colour."""
    if value <= 0 or highest <= 0:
        return 0
    return min(7, 1 + int(value / highest * 7 * (1 - 1e-9)))


@dataclass(frozen=True, slots=True)
class GraphNode:
    """A record of a small graph, placed in pixels."""

    name: str
    label: str
    x: float
    y: float
    center: bool = False


def circle_layout(names: Sequence[tuple[str, str]], width: float = 320, height: float = 200) -> list[GraphNode]:
    """Return nodes (key, label): the first in the middle, the others evenly on an ellipse around it, from the top.

    One alone stands at the side, where its name is not crossed by the line.
    """
    if not names:
        return []
    middle_x, middle_y = width / 2, height / 2
    nodes = [GraphNode(names[0][0], names[0][1], middle_x, middle_y, center=True)]
    around = names[1:]
    first = -math.pi / 2 if len(around) > 1 else 0.0
    for index, (key, label) in enumerate(around):
        angle = 2 * math.pi * index / len(around) + first
        x = middle_x + math.cos(angle) * (width / 2 - 44)
        y = middle_y + math.sin(angle) * (height / 2 - 30)
        nodes.append(GraphNode(key, label, round(x, 1), round(y, 1)))
    return nodes
