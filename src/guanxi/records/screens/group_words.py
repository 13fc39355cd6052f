"""What the groups of a list are called."""

from __future__ import annotations

from datetime import date, timedelta

from babel.dates import format_interval, format_skeleton
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.records.fields import Field
from guanxi.records.group_keys import EMPTY, HIDDEN, Grouping
from guanxi.records.screens import cells
from guanxi.records.summing import Group
from guanxi.ui import formats

UNIT_WORDS = {
    "day": gettext_lazy("by day"), "week": gettext_lazy("by week"), "month": gettext_lazy("by month"),
    "quarter": gettext_lazy("by quarter"), "year": gettext_lazy("by year"),
}  # fmt: skip
_SKELETONS = {"month": "yMMMM", "quarter": "yQQQ", "year": "y"}


def group_words(group: Group, grouping: Grouping) -> str:
    """Return the words of a group."""
    item = grouping.field
    if group.key == EMPTY:
        return _("Without %(field)s") % {"field": item.title()}
    if group.key == HIDDEN and item.kind == "reference":
        return _("Records that you may not see")
    if grouping.unit:
        return period_words(group.value, grouping.unit)
    if group.label or item.kind == "reference":
        return group.label or f"#{group.key}"
    return capfirst(cells.text_of(item, group.value))


def group_color(group: Group, item: Field) -> str:
    """Return the colour of a choice, or nothing."""
    choice = item.choice(group.key) if item.kind == "choice" else None
    return choice.color if choice else ""


def grouping_words(grouping: Grouping) -> str:
    """Return a grouping as its button names it: “Status”, “Due by month”."""
    return grouping.field.title() if not grouping.unit else f"{grouping.field.title()} {UNIT_WORDS[grouping.unit]}"


def period_words(start: date, unit: str) -> str:
    """Return a period by its first day: a day, the two ends of a week, “November 2026”, “Q4 2026”, “2026”."""
    if unit == "day":
        return formats.day(start)
    if unit == "week":
        return str(format_interval(start, start + timedelta(days=6), "yMMMd", locale=formats.active_locale()))
    return str(format_skeleton(_SKELETONS[unit], start, locale=formats.active_locale()))
