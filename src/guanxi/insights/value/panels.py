"""Cards on the page of a customer: what it is worth and why, and its rhythm."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.core.actor import Actor
from guanxi.customers.customer.models import Customer
from guanxi.customers.customer.record_type import CUSTOMER
from guanxi.customers.score.models import CustomerFigures, Score
from guanxi.insights.reasons import Reason, cause_label, reasons_of, tier_label
from guanxi.insights.value.page import remedy_label
from guanxi.insights.value.queries import hidden_causes
from guanxi.insights.value.rules import remedy, waterfall
from guanxi.records.registry import Panel, add_panel
from guanxi.records.statements import Slot, Statement

_LEFT, _RIGHT = 112.0, 224.0
_ROW = 26
_MODELS, _KEPT = ("value", "pyramid", "dormancy"), "_value_read"


def value_panel(actor: Actor, customer: Customer) -> str:
    """Return the waterfall from revenue to profit, why the customer stands in its tier, and what would move it up."""
    figures, scores = _read(customer)
    if figures is None or figures.value is None or not actor.sees_field("customer", "value"):
        return ""
    why = reasons_of(scores["pyramid"].reasons, figures.currency) if "pyramid" in scores else []
    made = reasons_of(scores["value"].reasons, figures.currency) if "value" in scores else []
    by_profit = "value" in scores and scores["value"].label == "profit"
    context: dict[str, Any] = {
        "figures": figures, "why": [item.sentence for item in why], "by_profit": by_profit,
        "tier": capfirst(tier_label(figures.tier)) if figures.tier else "",
        "tone": CUSTOMER["tier"].choice(figures.tier),
        "value_url": reverse("figure.rows", args=("value", customer.pk)),
        "tier_url": reverse("figure.rows", args=("tier", customer.pk)),
        "unknown": next((item.sentence for item in made if item.code == "cost_unknown"), ""),
        "remedy": _remedy(actor, figures) if by_profit else "",
    }  # fmt: skip
    if not hidden_causes(actor):
        context["steps"] = _steps(made, by_profit, customer.pk)
    return render_to_string("value/panel.html", context)


def _read(customer: Customer) -> tuple[CustomerFigures | None, dict[str, Score]]:
    """Return figures and scores of a customer; the cards of one page share what the first of them read."""
    kept: tuple[CustomerFigures | None, dict[str, Score]] | None = vars(customer).get(_KEPT)
    if kept is None:
        found = _figures_statement().records(CustomerFigures, {"customer": customer.pk})
        values = {"run": found[0].run_id, "customer": customer.pk} if found else {}
        scores = {row.model: row for row in _scores_statement().records(Score, values)} if found else {}
        kept = vars(customer)[_KEPT] = (found[0] if found else None, scores)
    return kept


@cache
def _figures_statement() -> Statement:
    return Statement.of(CustomerFigures.objects.filter(pk=Slot("customer")))


@cache
def _scores_statement() -> Statement:
    return Statement.of(Score.objects.filter(run=Slot("run"), customer=Slot("customer"), model__in=_MODELS))


def _remedy(actor: Actor, figures: CustomerFigures) -> str:
    sees_costs = actor.sees_field("customer", "margin") and actor.sees_field("customer", "cost_to_serve")
    if figures.value is None or figures.value >= 0 or not sees_costs:
        return ""
    code = remedy(figures.margin, figures.cost_to_serve or Decimal(0))
    return remedy_label(code) if code else ""


def _steps(made: list[Reason], by_profit: bool, customer_id: int) -> list[dict[str, Any]]:
    """Return the rows of the waterfall with their drawing; the last one is the sum."""
    sums: dict[str, Decimal] = {}
    for item in made:
        if item.adds:
            code = "cost" if item.code == "estimated_cost" else item.code
            sums[code] = sums.get(code, Decimal(0)) + item.amount
    codes = [code for code in ("revenue", "returns", "cost", "cost_to_serve") if sums.get(code) or code == "revenue"]
    figure = {"revenue": "revenue", "returns": "revenue", "cost": "margin", "cost_to_serve": "cost_to_serve"}
    names = [cause_label(code) for code in codes] + [_("Profit") if by_profit else _("Value")]
    figures = [figure[code] for code in codes] + ["value"]
    bars = waterfall([sums.get(code, Decimal(0)) for code in codes], _LEFT, _RIGHT)
    return [
        {"label": name, "bar": bar, "y": index * _ROW, "url": reverse("figure.rows", args=(target, customer_id))}
        for index, (name, bar, target) in enumerate(zip(names, bars, figures, strict=True))
    ]


def rhythm_panel(actor: Actor, customer: Customer) -> str:
    """Return how long the customer has been silent against its own rhythm, on a scale with both limits."""
    figures, scores = _read(customer)
    if figures is None or not figures.rhythm or not actor.sees_field("customer", "rhythm"):
        return ""
    score = scores.get("dormancy")
    if score is None:
        return ""
    said = {item["code"]: float(item["value"] or 0) for item in score.reasons}
    end = max(said["days_silent"], said["dormant_after"]) * 1.1 or 1.0
    context = {
        "figures": figures, "why": [item.sentence for item in reasons_of(score.reasons, figures.currency)],
        "state": CUSTOMER["rhythm"].choice(figures.rhythm), "url": reverse("figure.rows", args=("rhythm", customer.pk)),
        "marks": {code: round(said[code] / end * 288, 1) for code in said}, "has_limits": said["dormant_after"] > 0,
    }  # fmt: skip
    return render_to_string("value/rhythm.html", context)


add_panel("customer", Panel("value", gettext_lazy("Value, 12 months"), value_panel, order=10))
add_panel("customer", Panel("rhythm", gettext_lazy("Rhythm of purchases"), rhythm_panel, order=20))
