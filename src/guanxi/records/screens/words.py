"""The words of filters: operators, periods and values as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from guanxi.records.fields import Field
from guanxi.records.filters import NO_VALUE
from guanxi.records.screens.cells import text_of

OPERATOR_WORDS: dict[str, Promise | str] = {
    "contains": gettext_lazy("contains"), "is": gettext_lazy("is"), "is_not": gettext_lazy("is not"),
    "starts": gettext_lazy("starts with"), "empty": gettext_lazy("is empty"), "not_empty": gettext_lazy("is not empty"),
    "eq": "=", "ne": "≠", "gt": ">", "gte": "≥", "lt": "<", "lte": "≤", "between": gettext_lazy("is between"),
    "on": gettext_lazy("is on"), "before": gettext_lazy("is before"), "after": gettext_lazy("is after"),
    "period": gettext_lazy("is in"), "last_days": gettext_lazy("in the last days"),
    "next_days": gettext_lazy("in the next days"), "older_than_days": gettext_lazy("is older than days"),
    "in": gettext_lazy("is any of"), "not_in": gettext_lazy("is none of"), "me": pgettext_lazy("filter", "is me"),
    "my_team": pgettext_lazy("filter", "is in my team"), "any_of": gettext_lazy("has any of"),
    "all_of": gettext_lazy("has all of"), "none_of": gettext_lazy("has none of"),
}  # fmt: skip
PERIOD_WORDS: dict[str, Promise | str] = {
    "today": gettext_lazy("today"), "yesterday": gettext_lazy("yesterday"), "this_week": gettext_lazy("this week"),
    "last_week": gettext_lazy("last week"), "this_month": gettext_lazy("this month"),
    "last_month": gettext_lazy("last month"), "this_quarter": gettext_lazy("this quarter"),
    "last_quarter": gettext_lazy("last quarter"), "this_year": gettext_lazy("this year"),
    "last_year": gettext_lazy("last year"),
}  # fmt: skip
_DAYS = frozenset({"last_days", "next_days", "older_than_days"})


def operator_word(item: Field, op: str) -> str:
    """Return an operator as read between a field and a value."""
    if item.kind == "reference" and item.reference != "user" and op in ("me", "my_team"):
        return str(op)
    return str(OPERATOR_WORDS.get(op, op))


def operators_of(item: Field, all_of: Mapping[Any, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the operators that make sense for a field: “me” and “my team” only where it refers to a person."""
    found = all_of[item.kind]
    if item.kind == "reference" and item.reference != "user":
        return tuple(op for op in found if op not in ("me", "my_team"))
    return found


def value_words(item: Field, op: str, value: Any, labels: Mapping[tuple[str, int], str]) -> str:
    """Return the value of a condition as words: titles for references, names for periods, both ends of a range."""
    if op in NO_VALUE:
        return ""
    if op == "period":
        return str(PERIOD_WORDS.get(str(value), value))
    if op in _DAYS:
        return _("%(days)s days") % {"days": value}
    if op == "between" and isinstance(value, (list, tuple)):
        return " – ".join(text_of(item, part, labels) for part in value)
    return text_of(item, value, labels)
