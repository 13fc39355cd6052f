"""Arithmetic of the value dashboard: tiers in order, where a curve is sampled, what to do about a loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Literal

TIERS = ("platinum", "gold", "iron", "lead", "negative")
ABSENT = "absent"
TOP_SHARE = Decimal("0.2")
TABLE_SHARES = (0.01, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0)
Remedy = Literal["reprice", "migrate", "exit"]
REMEDIES: tuple[Remedy, ...] = ("reprice", "migrate", "exit")


def top_count(customers: int, share: Decimal = TOP_SHARE) -> int:
    """Return how many customers the top ``share`` of ``customers`` are; a part of a customer rounds up."""
    return int((share * customers).to_integral_value(ROUND_CEILING))


def remedy(margin: Decimal | None, cost_to_serve: Decimal) -> Remedy | None:
    """Return what to do first about a customer whose cost to serve eats the margin; None when the margin is unknown.

    ``reprice`` when the goods themselves sell below cost, ``migrate`` to cheaper channels when half of the cost to
    serve would leave nothing lost, ``exit`` when even that would not help. Own rule, after the three ways out of a
    loss in Kaplan & Narayanan (2001), Journal of Cost Management 15(5).
    """
    if margin is None:
        return None
    if margin < 0:
        return "reprice"
    return "migrate" if margin * 2 >= cost_to_serve else "exit"


def direction(before: str, after: str) -> Literal["up", "down", "stayed", "left", "new"]:
    """Return how a customer moved between two tiers; ``absent`` means no value in that year."""
    if before == ABSENT:
        return "new"
    if after == ABSENT:
        return "left"
    step = TIERS.index(before) - TIERS.index(after)
    return "stayed" if step == 0 else "up" if step > 0 else "down"


def table_positions(customers: int, shares: Sequence[float] = TABLE_SHARES) -> list[int]:
    """Return the positions (1 the best) at which a curve over so many customers is read for its table."""
    return sorted({max(1, round(customers * share)) for share in shares}) if customers else []


@dataclass(frozen=True, slots=True)
class WaterfallBar:
    """A step of a waterfall as a rectangle: ``x`` and ``width`` in pixels, ``end`` where the next one begins."""

    x: float
    width: float
    end: float
    amount: Decimal
    is_total: bool = False


def waterfall(steps: Sequence[Decimal], left: float, right: float) -> list[WaterfallBar]:
    """Return the bars of signed steps, one below the other, and last the bar of their sum, between two pixels."""
    ends = [sum(steps[: index + 1], Decimal(0)) for index in range(len(steps))]
    low, high = min(Decimal(0), *ends), max(Decimal(0), *ends)
    scale = (right - left) / float(high - low) if high > low else 0.0

    def place(amount: Decimal) -> float:
        return round(left + float(amount - low) * scale, 1)

    bars, before = [], Decimal(0)
    for step, after in zip(steps, ends, strict=True):
        x = min(place(before), place(after))
        bars.append(WaterfallBar(x, max(1.0, round(abs(place(after) - place(before)), 1)), place(after), step))
        before = after
    x = min(place(Decimal(0)), place(before))
    width = max(1.0, round(abs(place(before) - place(Decimal(0))), 1))
    return [*bars, WaterfallBar(x, width, place(before), before, is_total=True)]
