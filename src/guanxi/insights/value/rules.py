"""Arithmetic of the value dashboard: tiers in order, where a curve is sampled, what to do about a loss."""

from __future__ import annotations

from collections.abc import Sequence
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
