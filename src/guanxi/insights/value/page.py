"""The value dashboard: what its template shows, figures still raw, each with the address of the rows behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.customers.customer.record_type import CUSTOMER
from guanxi.customers.score.models import CustomerFigures, ScoreRun
from guanxi.insights.reasons import cause_label, tier_label
from guanxi.insights.scoring.rules import may_score
from guanxi.insights.value import queries
from guanxi.insights.value.queries import CurvePoint, Standing, Tally
from guanxi.insights.value.rules import ABSENT, TIERS, direction, table_positions, top_count
from guanxi.records.screens.places import list_url, record_url
from guanxi.records.screens.state import ListState
from guanxi.ui.charts import WhaleChart, whale_charts
from guanxi.ui.formats import number, percent

TONES = {"platinum": "plat", "gold": "gold", "iron": "iron", "lead": "lead", "negative": "loss"}
SILENT_ROWS = 8
SERVING_ROWS = 4


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Everything on the dashboard of one actor; ``run`` is None before the first computation."""

    run: ScoreRun | None
    may_compute: bool
    is_partial: bool
    by_profit: bool = True
    currency: str = ""
    ranked: Tally | None = None
    revenue: Tally | None = None
    destroyed: Tally | None = None
    dormant: Tally | None = None
    top: Tally | None = None
    links: dict[str, str] | None = None
    whale: dict[str, Any] | None = None
    tiers: tuple[dict[str, Any], ...] = ()
    matrix: dict[str, Any] | None = None
    heat: dict[str, Any] | None = None
    silent: tuple[dict[str, Any], ...] = ()
    causes: tuple[dict[str, Any], ...] = ()
    remedies: tuple[dict[str, Any], ...] = ()


def customers_url(*conditions: str, sort: str = "-value", columns: tuple[str, ...] | None = None) -> str:
    """Return the address of the customer list with these conditions."""
    return ListState(conditions=conditions, sort=(sort,), columns=columns).url(list_url(CUSTOMER))


def dashboard(actor: Actor) -> Dashboard:
    """Return the dashboard of an actor; raises ``NotAllowed`` unless the actor may see customers and their value."""
    queries.require_value(actor)
    run = queries.current_run()
    partial = not queries.sees_everyone(actor)
    if run is None:
        return Dashboard(None, may_score(actor), partial)
    now = queries.standing(actor)
    rank = queries.top_rank(actor, now.ranked.customers)
    whole = queries.is_whole(actor, run, now.ranked)
    points = queries.kept_curve(run) if whole else queries.curve(actor)
    moves = queries.kept_moves(run) if whole else queries.moves(actor, run)
    currency = CustomerFigures.objects.values_list("currency", flat=True).first() or ""
    by_profit = run.results.get("basis") != "net_revenue"
    return Dashboard(
        run=run, may_compute=may_score(actor), is_partial=partial, by_profit=by_profit, currency=currency,
        ranked=now.ranked, revenue=now.revenue if actor.sees_field("customer", "revenue") else None,
        destroyed=now.destroyed, dormant=now.rhythms.get("dormant", Tally()), top=queries.down_to(actor, rank),
        links=_links(rank), whale=_whale(points, now.ranked, by_profit), tiers=tuple(_tiers(now)),
        matrix=_matrix(run, moves), heat=_heat(actor, now), silent=tuple(_silent(actor)),
        causes=tuple(_causes(actor, run)), remedies=tuple(_remedies(actor)),
    )  # fmt: skip


def _links(rank: int) -> dict[str, str]:
    return {
        "ranked": customers_url("value:not_empty"),
        "revenue": customers_url("revenue:not_empty", sort="-revenue"),
        "destroyed": customers_url("value:lt:0", sort="value"),
        "dormant": customers_url("rhythm:in:dormant"),
        "silent": customers_url("rhythm:in:dormant,slowing", "value:gt:0"),
        "top": customers_url(f"value_rank:lte:{rank}", sort="value_rank"),
    }


def _whale(points: list[CurvePoint], ranked: Tally, by_profit: bool) -> dict[str, Any] | None:
    if not points:
        return None
    drawings = whale_charts([(point.customers, point.share) for point in points])
    wanted = table_positions(ranked.customers)
    rows = [next(point for point in points if point.position >= place) for place in wanted]
    peak = max(points, key=lambda point: point.value)
    head = next(point for point in points if point.position >= top_count(ranked.customers))
    return {
        "drawings": drawings, "rows": rows, "peak": peak,
        "texts": _whale_texts(drawings[0], head, peak, ranked, by_profit), "lost": ranked.value - peak.value,
    }  # fmt: skip


def _whale_texts(
    drawn: WhaleChart, head: CurvePoint, peak: CurvePoint, ranked: Tally, by_profit: bool
) -> dict[str, str]:
    return {
        "x": _("customers, from most to least value"),
        "y": _("share of all profit") if by_profit else _("share of all revenue net of returns"),
        "head": _("Best 20%% make %(share)s") % {"share": percent(head.share)},
        "head_detail": _("%(count)s customers") % {"count": number(head.position)},
        "peak": _("Peak %(share)s at %(customers)s of the customers")
        % {"share": percent(drawn.peak_share), "customers": percent(drawn.peak_customers)},
        "loss": percent(1 - drawn.peak_share),
        "loss_detail": number(ranked.customers - peak.position),
    }


def _tiers(now: Standing) -> list[dict[str, Any]]:
    rows = []
    for tier in TIERS:
        tally = now.tiers.get(tier, Tally())
        rows.append({
            "name": capfirst(tier_label(tier)), "tone": TONES[tier], "tally": tally,
            "customers_share": tally.customers / now.ranked.customers if now.ranked.customers else 0,
            "value_share": tally.value / now.ranked.value if now.ranked.value > 0 else None,
            "each": tally.value / tally.customers if tally.customers else None,
            "url": customers_url(f"tier:in:{tier}", sort="value" if tier == "negative" else "-value"),
        })  # fmt: skip
    return rows


def _matrix(run: ScoreRun, moves: list[queries.Move]) -> dict[str, Any] | None:
    found = {(move.before, move.after): move for move in moves}
    if not found or "migrated_since" not in run.results:
        return None
    net = dict.fromkeys(("up", "down", "stayed", "left", "new"), 0)
    for (before, after), move in found.items():
        net[direction(before, after)] += move.customers
    places = (*TIERS, ABSENT)
    names = {**{tier: capfirst(tier_label(tier)) for tier in TIERS}, ABSENT: _("Without value")}
    rows: list[dict[str, Any]] = []
    for before in places:
        total = sum(move.customers for move in found.values() if move.before == before)
        cells = [_move_cell(found.get((before, after)), before, after, total) for after in places]
        if total:
            rows.append({"name": names[before], "cells": cells, "total": total})
    shown = [index for index, after in enumerate(places) if any(row["cells"][index]["customers"] for row in rows)]
    return {
        "since": datetime.fromisoformat(run.results["migrated_since"]), "net": net, "rows": rows, "shown": shown,
        "names": [names[place] for place in places],
    }  # fmt: skip


def _move_cell(move: queries.Move | None, before: str, after: str, total: int) -> dict[str, Any]:
    customers = move.customers if move else 0
    way = direction(before, after) if before != after else "stayed"
    share = customers / total if total else 0.0
    url = reverse("value.moved", args=(before, after)) if customers else ""
    return {"customers": customers, "way": way, "share": share, "url": url}


def _heat(actor: Actor, now: Standing) -> dict[str, Any] | None:
    if not now.cells or not actor.sees_field("customer", "rfm"):
        return None
    rows = []
    for often in range(5, 0, -1):
        cells = []
        for recent in range(1, 6):
            tally = now.cells.get(f"{recent}{often}", Tally())
            url = customers_url(f"rfm:starts:{recent}{often}") if tally.customers else ""
            cells.append({"tally": tally, "url": url, "name": f"R{recent} F{often}"})
        rows.append((f"F{often}", cells))
    return {"rows": rows, "highest": max(float(tally.value) for tally in now.cells.values())}


def _silent(actor: Actor) -> list[dict[str, Any]]:
    return [
        {
            "name": figures.customer.name, "organization": figures.customer.kind == "organization",
            "url": record_url(CUSTOMER, figures.customer_id), "value": figures.value, "last": figures.last_purchase_at,
            "times": figures.silence_ratio, "dormant": figures.rhythm == "dormant", "expected": figures.expected_next,
            "figure_url": reverse("figure.rows", args=("silence_ratio", figures.customer_id)),
        }
        for figures in queries.silent(actor, SILENT_ROWS)
    ]  # fmt: skip


def _causes(actor: Actor, run: ScoreRun) -> list[dict[str, Any]]:
    """Return what the losing customers bring and what serving them costs; together it is what they destroy.

    Returned goods and discounts are inside the margin and shown after the sum.
    """
    found = queries.causes(actor, run)
    if queries.hidden_causes(actor):
        return [_cause(cause) for cause in found if cause.code == "returns"]
    bought = sum((cause.amount for cause in found if cause.code in _MARGIN), Decimal(0))
    by_margin = customers_url("value:lt:0", sort="margin")
    margin = {"label": _("Margin of their purchases"), "amount": bought, "url": by_margin, "inside": False}
    serving = [_cause(cause) for cause in found if cause.code == "cost_to_serve"]
    if len(serving) > SERVING_ROWS:
        rest = sum((item["amount"] for item in serving[SERVING_ROWS - 1 :]), Decimal(0))
        url = customers_url("value:lt:0", sort="-cost_to_serve")
        other = {"label": _("Cost to serve: all else"), "amount": rest, "url": url, "inside": False}
        serving = [*serving[: SERVING_ROWS - 1], other]
    inside = [_cause(cause) for cause in found if cause.code == "returns"]
    given = queries.discounts(actor, run)
    if given:
        url = customers_url("value:lt:0", sort="value")
        inside.append({"label": _("Discounts given"), "amount": -given, "url": url, "inside": True})
    return [margin, *serving, *inside]


_MARGIN = ("revenue", "returns", "cost", "estimated_cost")


def _cause(cause: queries.Cause) -> dict[str, Any]:
    url = f"{reverse('value.tail')}?cause={cause.code}&kind={cause.kind}"
    label = cause_label(cause.code, cause.kind)
    return {"label": label, "amount": cause.amount, "url": url, "inside": cause.code == "returns"}


def _remedies(actor: Actor) -> list[dict[str, Any]]:
    return [
        {"label": remedy_label(code), "tally": tally, "url": f"{reverse('value.tail')}?remedy={code}"}
        for code, tally in queries.remedies(actor).items()
        if tally.customers
    ]


def remedy_label(code: str) -> str:
    """Return the words for what to do about a customer who destroys value."""
    labels = {
        "reprice": _("Reprice: goods sell below cost"),
        "migrate": _("Migrate: serve more cheaply"),
        "exit": _("Exit: a loss even at half the cost to serve"),
    }
    return labels[code]
