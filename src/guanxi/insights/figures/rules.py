"""Which score table and which of its figures stand behind each figure of a customer, and how they are put together."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from guanxi.analytics.figures import lineage_of
from guanxi.analytics.lineage import Condition, Lineage
from guanxi.analytics.settings import ScoreSettings

CENT, MILLI = Decimal("0.01"), Decimal("0.001")
MAX_RATIO = Decimal(999_999)
Combine = Callable[[Sequence[Any], ScoreSettings, int], Any]


@dataclass(frozen=True, slots=True)
class FigureSource:
    """A figure of a customer: the model, its parts by the names of the score table, and what makes one of them."""

    model: str
    parts: tuple[str, ...]
    combine: Combine


def _rounded(step: Decimal) -> Combine:
    return lambda parts, settings, customers: None if parts[0] is None else _round(parts[0], step)


def _round(value: Any, step: Decimal) -> Decimal:
    return Decimal(str(value)).quantize(step, ROUND_HALF_UP)


def _whole(parts: Sequence[Any], settings: ScoreSettings, customers: int) -> Any:
    return None if parts[0] is None else max(0, int(parts[0]))


def _percentile(parts: Sequence[Any], settings: ScoreSettings, customers: int) -> Any:
    return None if parts[0] is None else _round(Decimal(str(parts[0])) * 100, MILLI)


def _cell(parts: Sequence[Any], settings: ScoreSettings, customers: int) -> Any:
    return "".join(str(int(part)) for part in parts)


def _tier(parts: Sequence[Any], settings: ScoreSettings, customers: int) -> Any:
    value, position = parts
    if value < 0:
        return "negative"
    ends = zip(("platinum", "gold", "iron"), settings.shares.last_positions(customers), strict=True)
    return next((tier for tier, last in ends if position <= last), "lead")


def _rhythm(parts: Sequence[Any], settings: ScoreSettings, customers: int) -> Any:
    days, silent, high = parts
    if days == 1:
        return "one_time"
    if silent > Decimal(str(high)) * settings.dormancy.dormant_multiple:
        return "dormant"
    return "slowing" if silent > high else "active"


def _ratio(parts: Sequence[Any], settings: ScoreSettings, customers: int) -> Any:
    return None if parts[0] is None else min(_round(parts[0], MILLI), MAX_RATIO)


def _expected(parts: Sequence[Any], settings: ScoreSettings, customers: int) -> Any:
    last, gap = parts
    if not isinstance(last, date) or gap is None:
        return None
    return last + timedelta(days=int(_round(gap, Decimal(1))))


FIGURES: dict[str, FigureSource] = {
    "value": FigureSource("value", ("score",), _rounded(CENT)),
    "profit": FigureSource("value", ("profit_contribution",), _rounded(CENT)),
    "revenue": FigureSource("value", ("net_revenue",), _rounded(CENT)),
    "margin": FigureSource("value", ("margin",), _rounded(CENT)),
    "cost_to_serve": FigureSource("value", ("cost_to_serve",), _rounded(CENT)),
    "value_rank": FigureSource("value", ("position",), _whole),
    "value_percentile": FigureSource("value", ("percentile",), _percentile),
    "tier": FigureSource("pyramid", ("score", "position"), _tier),
    "recency_days": FigureSource("rfm_independent", ("recency_days",), _whole),
    "purchases": FigureSource("rfm_independent", ("frequency",), _whole),
    "monetary": FigureSource("rfm_independent", ("monetary",), _rounded(CENT)),
    "rfm": FigureSource("rfm_independent", ("recency_score", "frequency_score", "monetary_score"), _cell),
    "rfm_nested": FigureSource("rfm_nested", ("recency_score", "frequency_score", "monetary_score"), _cell),
    "rhythm": FigureSource("dormancy", ("purchase_days", "days_silent", "high_gap"), _rhythm),
    "silence_ratio": FigureSource("dormancy", ("score",), _ratio),
    "expected_next": FigureSource("dormancy", ("last_purchase_on", "usual_gap"), _expected),
    "last_purchase_at": FigureSource("dormancy", ("last_purchase_at",), lambda parts, settings, customers: parts[0]),
    "first_purchase_at": FigureSource("dormancy", ("first_purchase_at",), lambda parts, settings, customers: parts[0]),
}
# What a part would give away of a field that may be hidden.
GIVES_AWAY = {
    "cost": "margin", "estimated_cost": "margin", "uncosted_amount": "margin", "cost_to_serve": "cost_to_serve",
    "margin": "margin", "profit_contribution": "profit",
}  # fmt: skip


def lineages_of(figure: str, row: dict[str, Any], as_of: datetime, settings: ScoreSettings) -> list[Lineage]:
    """Return the lineage of each part of a figure of one customer, whose score row is ``row``."""
    source = FIGURES[figure]
    own = (Condition("customer_id", "=", row["customer_id"]), Condition("ordered_at", "<", as_of),
           Condition("is_return", "=", False))  # fmt: skip
    instants = {"first_purchase_at": "min", "last_purchase_at": "max"}
    if figure in instants:
        return [Lineage(figure, "purchase_line", own, f"SELECT {instants[figure]}(ordered_at) FROM behind")]
    return [lineage_of(source.model, part, row, as_of, settings) for part in source.parts]


def distinct_leaves(lineages: Sequence[Lineage]) -> list[Lineage]:
    """Return the figures over rows behind some figures, each once, in order."""
    found: dict[str, Lineage] = {}
    for leaf in (leaf for lineage in lineages for leaf in lineage.leaves()):
        found.setdefault(leaf.figure, leaf)
    return list(found.values())


def is_of_everyone(leaf: Lineage) -> bool:
    """Say whether a figure over purchase lines is one of the whole population instead of one customer."""
    facts = leaf.source in ("purchase_line", "cost_to_serve")
    return facts and all(condition.column != "customer_id" for condition in leaf.conditions)


_DIALECT = (
    (re.compile(r"date_diff\('day', (max\(ordered_on\)|lag\(ordered_on\) OVER c), (DATE '[-0-9]+'|ordered_on)\)"),
     r"(\2 - \1)"),
    (re.compile(r"quantile_cont\(CAST\((\w+) AS DOUBLE\), ([0-9.]+)\)"),
     r"percentile_cont(\2) WITHIN GROUP (ORDER BY \1)"),
    (re.compile(r"FROM behind\) WINDOW"), "FROM behind) days WINDOW"),
    (re.compile(r"\) WHERE (TRUE|number < \d+)$"), r") gaps WHERE \1"),
    (re.compile(r"FILTER \("), "FILTER (WHERE "),
    (re.compile(r"any_value\("), "max("),
    (re.compile(r"\) / count\(\*\)"), r") / count(*)::numeric"),
    (re.compile(r"//"), "/"),
)  # fmt: skip


def postgres_measure(measure: str) -> str:
    """Return the measure of a lineage, which analytics writes for its engine, in the words of PostgreSQL."""
    for pattern, replacement in _DIALECT:
        measure = pattern.sub(replacement, measure)
    return measure
