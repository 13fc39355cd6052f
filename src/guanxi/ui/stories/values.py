"""An invented value dashboard."""

from __future__ import annotations

import math
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guanxi.ui.charts import Point, whale_charts
from guanxi.ui.formats import money_compact, number, percent

_PEAK = 0.866


def whale_points() -> list[Point]:
    """Return an invented curve that rises to 117.8 % at 86.6 % of the customers and ends at 100 %."""
    points = []
    for step in range(1, 201):
        share = step / 200
        if share <= _PEAK:
            points.append((share, 1.178 * (1 - (1 - share / _PEAK) ** 3.2)))
        else:
            points.append((share, 1.178 - 0.178 * ((share - _PEAK) / (1 - _PEAK)) ** 2))
    return points


def story_value() -> dict[str, Any]:
    """Return tiles, curve, pyramid, heat table and a chart."""
    drawings = whale_charts(whale_points())
    drawn = drawings[0]
    return {
        "drawings": drawings,
        "texts": {
            "x": _("customers, most to least profitable"),
            "y": _("% of total profit"),
            "head": _("Top 20%% earn %(share)s") % {"share": percent(drawn.head_share)},
            "head_detail": _("%(count)s customers") % {"count": number(9652)},
            "peak": _("Peak %(share)s at %(customers)s of customers")
            % {"share": percent(drawn.peak_share), "customers": percent(drawn.peak_customers)},
            "loss": percent(1 - drawn.peak_share),
            "loss_detail": _("lose money"),
        },
        "tiles": _tiles(),
        "course": (3.0, 3.4, 3.3, 3.9, 4.1, 4.0, 4.6, 4.9),
        "tiers": _tiers(),
        "total": {"customers": number(48260), "value": money_compact(41_940_000, "CNY"), "each": "¥869"},
        "heat_rows": _heat_rows(),
        "months": [str(month) for month in range(1, 13)],
        "spec": {
            "categories": [f"2026-{month:02d}" for month in range(1, 13)],
            "series": [
                {"name": _("Revenue"), "data": [round(3.1e6 + 6e5 * math.sin(month)) for month in range(12)]},
                {
                    "name": _("Margin"),
                    "kind": "line",
                    "data": [round(9e5 + 2e5 * math.cos(month)) for month in range(12)],
                },
            ],
            "currency": "CNY",
            "links": ["/ui/list"] * 12,
        },
    }


def _tiles() -> list[dict[str, Any]]:
    return [
        {
            "label": _("Profit contribution, last 12 months"),
            "value": money_compact(41_940_000, "CNY"),
            "change": 0.062,
            "good": "up",
            "text": _("than the 12 months before"),
            "note": _("Fact, ledger closed 20 Nov · 48,260 customers"),
            "loss": False,
        },
        {
            "label": _("Customer equity, next 36 months"),
            "value": money_compact(97_400_000, "CNY"),
            "change": 0.041,
            "good": "up",
            "text": _("80%: ¥91.2M to ¥104.6M"),
            "note": _("CLV 1 · run 4817"),
            "loss": False,
        },
        {
            "label": _("Destroyed by loss-making customers"),
            "value": money_compact(-7_450_000, "CNY"),
            "change": 0.009,
            "good": "down",
            "text": _("6,452 customers"),
            "note": _("Fact · returns and visits charged"),
            "loss": True,
        },
        {
            "label": _("Quiet longer than usual"),
            "value": number(412),
            "change": 0.126,
            "good": "down",
            "text": _("by their own rhythm"),
            "note": _("Dormancy 1 · run 4819"),
            "loss": False,
        },
    ]


def _tiers() -> list[dict[str, Any]]:
    rows = (
        (_("Platinum"), "plat", 483, 0.01, 11_130_000),
        (_("Gold"), "gold", 1930, 0.04, 12_470_000),
        (pgettext("value tier", "Iron"), "iron", 7239, 0.15, 15_080_000),
        (pgettext("value tier", "Lead"), "lead", 32156, 0.666, 10_710_000),
        (_("Loss-making"), "loss", 6452, 0.134, -7_450_000),
    )
    return [
        {
            "name": name,
            "tone": tone,
            "customers": number(count),
            "customers_share": percent(share),
            "value": money_compact(value, "CNY"),
            "value_share": percent(value / 41_940_000),
            "url": "/ui/list",
            "each": money_compact(value / count, "CNY"),
            "loss": value < 0,
        }
        for name, tone, count, share, value in rows
    ]


def _heat_rows() -> list[tuple[str, list[tuple[str, float, str]]]]:
    rows = []
    for frequency in range(5, 0, -1):
        cells = []
        for recency in range(1, 6):
            count = 40 + 1900 * (frequency * recency) ** 2 // 625
            cells.append((number(count), float(count), "/ui/list"))
        rows.append((f"F{frequency}", cells))
    return rows
