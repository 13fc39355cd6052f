"""Words for figures and their parts, and which reasons belong to which figure."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guanxi.analytics.lineage import Lineage
from guanxi.customers.score.models import Score

_BOUGHT = frozenset({"revenue", "returns"})
_COSTS = frozenset({"cost", "estimated_cost"})
RELEVANT: dict[str, frozenset[str]] = {
    "revenue": _BOUGHT, "margin": _BOUGHT | _COSTS | {"cost_unknown"}, "cost_to_serve": frozenset({"cost_to_serve"}),
    "value_rank": frozenset(), "value_percentile": frozenset(), "recency_days": frozenset({"recency"}),
    "purchases": frozenset({"frequency"}), "monetary": frozenset({"monetary"}),
    "last_purchase_at": frozenset({"days_silent"}), "first_purchase_at": frozenset(),
}  # fmt: skip
_MONEY = frozenset({
    "net_revenue", "cost", "uncosted_amount", "estimated_cost", "margin", "cost_to_serve", "profit_contribution",
    "monetary",
})  # fmt: skip
_DATES = frozenset({"last_purchase_on"})
_INSTANTS = frozenset({"last_purchase_at", "first_purchase_at"})


def part_label(lineage: Lineage) -> str:
    """Return the words for a part of a figure."""
    labels = {
        "net_revenue": _("Revenue net of returns"), "cost": _("Cost of goods"), "margin": _("Margin"),
        "uncosted_amount": _("Sold without a known cost"), "estimated_cost": _("Cost of goods, estimated"),
        "cost_to_serve": _("Cost to serve"), "profit_contribution": _("Contribution to profit"),
        "recency_days": _("Days since the last purchase"), "frequency": _("Purchases"), "monetary": _("Amount"),
        "recency_score": _("Recency, 1 to 5"), "frequency_score": _("Frequency, 1 to 5"),
        "monetary_score": _("Amount, 1 to 5"), "purchase_days": _("Days with purchases"),
        "days_silent": _("Days of silence"), "usual_gap": _("Usual days between purchases"),
        "high_gap": _("Days of an unusually long gap"), "last_purchase_on": _("Last purchase"),
        "last_purchase_at": _("Last purchase"), "first_purchase_at": _("First purchase"),
        "position": _("Place by value"), "percentile": _("Share of customers with at most this value"),
    }  # fmt: skip
    if lineage.figure == "score":
        return _("Silence in usual gaps") if lineage.divides else pgettext("worth of customers", "Value")
    return labels.get(lineage.figure, lineage.figure)


def part_kind(lineage: Lineage) -> str:
    """Return how the value of a part is written: money, date, datetime, percent or number."""
    if lineage.figure in _MONEY or (lineage.figure == "score" and not lineage.divides):
        return "money"
    if lineage.figure in _DATES:
        return "date"
    if lineage.figure in _INSTANTS:
        return "datetime"
    return "percent" if lineage.figure == "percentile" else "number"


def figure_formula(figure: str, score: Score | None) -> str:
    """Return in one sentence how a figure is computed."""
    by_profit = score is None or score.label != "net_revenue"
    formulas = {
        "value": _("Revenue net of returns − cost of goods − cost to serve") if by_profit
        else _("Revenue net of returns; cost unknown"),
        "profit": _("Revenue net of returns − cost of goods − cost to serve"),
        "revenue": _("Sum of the order lines in the window; returns count as negative"),
        "margin": _("Revenue net of returns − cost of goods; goods of unknown cost at the average margin"),
        "cost_to_serve": _("Sum of the costs to serve in the window"),
        "value_rank": _("Number of customers with more value + 1; equal values in the order of customers"),
        "value_percentile": _("Share of the ranked customers with at most this value"),
        "tier": _("By place in value: best 5%, next 15%, next 30%, rest; below zero apart"),
        "recency_days": _("Days from the last purchase to the day of the figures; returns are no purchase"),
        "purchases": _("Number of orders that are not returns"),
        "monetary": _("Sum of the order lines; returns count as negative"),
        "rfm": _("Recency, frequency and amount, each 1 to 5 by fifths of all customers"),
        "rfm_nested": _("Recency by fifths of all customers, frequency inside it, amount inside both"),
        "rhythm": _("Silence against the own gaps: slowing beyond the longest tenth, dormant beyond twice that"),
        "silence_ratio": _("Days of silence ÷ usual days between purchases"),
        "expected_next": _("Last purchase + usual days between purchases"),
        "first_purchase_at": _("First order that is not a return"),
        "last_purchase_at": _("Last order that is not a return"),
    }  # fmt: skip
    return formulas[figure]
