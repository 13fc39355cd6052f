"""Sums and averages as the foot of a list and the heads of its groups show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext as _

from guanxi.records.fields import Field
from guanxi.records.summing import Figure
from guanxi.ui import formats
from guanxi.ui.list_page import Column

_MUCH = 10_000


def with_feet(heads: Sequence[Column], items: Sequence[Field], figures: Mapping[str, Figure] | None) -> list[Column]:
    """Return the columns with a place in the foot for each of ``items``; filled where the figures are known."""
    by_name = {item.name: item for item in items}
    feet = []
    for head in heads:
        item = by_name.get(head.name)
        if item is None:
            feet.append(head)
            continue
        total, average, tip = (
            figure_words(item, figures[item.name]) if figures and item.name in figures else ("", "", "")
        )
        feet.append(replace(head, is_summed=True, total=total, average=average, total_tip=tip))
    return feet


def figure_words(item: Field, figure: Figure) -> tuple[str, str, str]:
    """Return sum, average and a note on both as text; the sum is empty where adding up means nothing."""
    if figure.total is None:
        return "", "", ""
    if figure.currency is None:
        return "", "—", _("Amounts in several currencies are not added up.")
    average = _text(item, figure.average or Decimal(0), figure.currency, exact=True)
    total = _text(item, figure.total, figure.currency) if item.adds and item.kind != "percent" else ""
    note = _("average %(average)s of %(count)s") % {"count": formats.number(figure.filled), "average": average}
    return total, average, note


def _text(item: Field, value: Decimal, currency: str, *, exact: bool = False) -> str:
    if item.kind == "percent":
        return formats.percent(value / 100, 1)
    if item.kind == "money" and currency:
        return formats.money(value, currency, 0 if abs(value) >= _MUCH else None)
    whole = value == value.to_integral_value() and not exact
    return formats.number(int(value) if whole else round(value, 1 if abs(value) >= 100 else 2))
