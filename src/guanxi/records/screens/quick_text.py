"""One value as short text, for cards and related lists."""

from __future__ import annotations

from typing import Any

from guanxi.records.fields import Field
from guanxi.records.screens.cells import text_of
from guanxi.ui.quick_formats import day_short, money_text


def quick_text(item: Field, value: Any) -> str:
    """Return a value as ``listing`` reads it in its short form: day without year, amount with currency, title."""
    if isinstance(value, dict):
        if "amount" in value:
            return money_text(value["amount"], value["currency"]) if value["currency"] else str(value["amount"])
        return str(value.get("label") or "")
    if item.kind in ("date", "datetime"):
        return day_short(value)
    return text_of(item, value)
