"""The customers behind a figure of the dashboard that the customer list has no filter for, with count and sum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Sum
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.core.errors import NotFound
from guanxi.customers.customer.record_type import CUSTOMER
from guanxi.customers.score.models import CustomerFigures, ScoreRun
from guanxi.insights.reasons import cause_label, tier_label
from guanxi.insights.value import queries
from guanxi.insights.value.page import remedy_label
from guanxi.insights.value.rules import ABSENT, REMEDIES, TIERS, remedy
from guanxi.records.screens.places import record_url

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True)
class CustomersPage:
    """Some customers with their figures. ``sum`` is over all pages; ``extra`` the heading of the column of amounts."""

    title: str
    text: str
    run: ScoreRun
    currency: str
    columns: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]
    count: int
    sum: Decimal
    extra: str = ""
    page: int = 1
    previous_url: str = ""
    next_url: str = ""


def tail_page(actor: Actor, cause: str, kind: str, remedy_code: str, page: int) -> CustomersPage:
    """Return the losing customers of one cause (with its ``kind``) or one remedy.

    Raises ``NotFound`` without a run or for an unknown remedy, ``NotAllowed`` for what the actor may not see.
    """
    queries.require_value(actor)
    run = _run()
    if cause:
        pairs = queries.losing_by_cause(actor, run, cause, kind)
        shown = dict(pairs[(page - 1) * PAGE_ROWS : page * PAGE_ROWS])
        figures = {item.pk: item for item in _with_customers(queries.visible_figures(actor).filter(pk__in=shown))}
        return _page(
            actor, run, page, cause_label(cause, kind), _("What customers below zero lost in this way."),
            [figures[key] for key in shown if key in figures], len(pairs), sum((a for _id, a in pairs), Decimal(0)),
            reverse("value.tail"), {"cause": cause, "kind": kind}, shown,
        )  # fmt: skip
    if remedy_code not in REMEDIES:
        raise NotFound
    code = next(item for item in REMEDIES if item == remedy_code)
    chosen = queries.losing_by_remedy(actor, code)
    sums = chosen.aggregate(n=Count("pk"), v=Sum("value"))
    return _page(
        actor, run, page, remedy_label(code), _("Customers below zero for whom this comes first."),
        _with_customers(chosen)[(page - 1) * PAGE_ROWS : page * PAGE_ROWS], sums["n"], sums["v"] or Decimal(0),
        reverse("value.tail"), {"remedy": code},
    )  # fmt: skip


def moved_page(actor: Actor, before: str, after: str, page: int) -> CustomersPage:
    """Return the customers that went from one tier to another; raises ``NotFound`` for unknown tiers or no run."""
    queries.require_value(actor)
    run = _run()
    if before not in (*TIERS, ABSENT) or after not in (*TIERS, ABSENT) or before == after == ABSENT:
        raise NotFound
    chosen = queries.moved(actor, run, before, after)
    sums = chosen.aggregate(n=Count("pk"), v=Sum("value"))
    names = {ABSENT: _("Without value"), **{tier: capfirst(tier_label(tier)) for tier in TIERS}}
    return _page(
        actor, run, page, _("%(before)s to %(after)s") % {"before": names[before], "after": names[after]},
        _("Customers by their tier three months ago and now."),
        _with_customers(chosen)[(page - 1) * PAGE_ROWS : page * PAGE_ROWS], sums["n"], sums["v"] or Decimal(0),
        reverse("value.moved", args=(before, after)), {},
    )  # fmt: skip


def _run() -> ScoreRun:
    run = queries.current_run()
    if run is None:
        raise NotFound
    return run


def _with_customers(figures: Any) -> Any:
    return figures.select_related("customer", "customer__owner")


def _page(
    actor: Actor, run: ScoreRun, page: int, title: str, text: str, figures: Sequence[CustomerFigures], count: int,
    total: Decimal, base: str, params: dict[str, str], amounts: dict[int, Decimal] | None = None,
) -> CustomersPage:  # fmt: skip
    columns = tuple(
        name for name in ("value", "revenue", "margin", "cost_to_serve") if actor.sees_field("customer", name)
    )
    sees_costs = "margin" in columns and "cost_to_serve" in columns
    rows = [
        {
            "name": item.customer.name, "organization": item.customer.kind == "organization",
            "url": record_url(CUSTOMER, item.pk), "owner": item.customer.owner.name if item.customer.owner else "",
            "cells": [(getattr(item, name), reverse("figure.rows", args=(name, item.pk))) for name in columns],
            "amount": amounts.get(item.pk) if amounts else None, "remedy": _remedy(item) if sees_costs else "",
        }
        for item in figures
    ]  # fmt: skip
    return CustomersPage(
        title=title, text=text, run=run, currency=figures[0].currency if figures else "", columns=columns,
        rows=tuple(rows), count=count, sum=total, extra=title if amounts is not None else "", page=page,
        previous_url=_page_url(base, params, page - 1) if page > 1 else "",
        next_url=_page_url(base, params, page + 1) if page * PAGE_ROWS < count else "",
    )  # fmt: skip


def _remedy(item: CustomerFigures) -> str:
    if item.value is None or item.value >= 0:
        return ""
    code = remedy(item.margin, item.cost_to_serve or Decimal(0))
    return remedy_label(code) if code else ""


def _page_url(base: str, params: dict[str, str], page: int) -> str:
    return f"{base}?{urlencode({**params, 'page': page})}"
