"""Where a custom field is used, so that nobody deletes it unawares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from guanxi.records.declaration import RecordType
from guanxi.records.models import SavedView
from guanxi.records.shaping import checks
from guanxi.records.shaping.models import CustomField, Layout, State


@dataclass(frozen=True, slots=True)
class Use:
    """One place in which a field stands: in words, with the address of the place where there is one."""

    text: str
    url: str = ""


type_finder = Callable[[RecordType, CustomField], list[Use]]
_FINDERS: list[type_finder] = []


def find_uses_with(finder: type_finder) -> type_finder:
    """Have a higher feature say where its own things use a field (segments, roles, reports)."""
    _FINDERS.append(finder)
    return finder


def uses_of(record_type: RecordType, item: CustomField) -> list[Use]:
    """Return every place that uses a custom field."""
    found = [Use(text) for text in checks.needed_by(item)]
    for view in SavedView.objects.filter(record_type=record_type.name).order_by("name"):
        if mentions(view.state, item.name):
            found.append(Use(_("the view “%(name)s”") % {"name": view.name}))
    for layout in Layout.objects.filter(record_type=record_type.name):
        if mentions(layout.plan, item.name):
            found.append(Use(_("the layout")))
    for finder in _FINDERS:
        found += finder(record_type, item)
    number = filled(record_type, item)
    if number:
        found.append(Use(_("%(number)s records with a value") % {"number": number}))
    return found


def filled(record_type: RecordType, item: CustomField) -> int:
    """Return how many living records have a value in a custom field; none for one that has no column yet."""
    declared = record_type.get(item.name)
    if declared is None or declared.expression is not None or item.state != State.LIVE:
        return 0
    column = declared.column
    empty: dict[str, Any] = {"text": "", "boolean": False, "choices": []}
    kind = declared.kind if declared.kind in empty else "text" if declared.kind in checks.TEXT else ""
    rows = record_type.model._default_manager.filter(deleted_at__isnull=True)
    rows = rows.exclude(**{column: empty[kind]}) if kind else rows.filter(**{f"{column}__isnull": False})
    return int(rows.count())


def mentions(value: Any, name: str) -> bool:
    """Say whether a field is named anywhere in a kept state: as a column, a sort word or in a condition."""
    if isinstance(value, str):
        return name in (value, value.lstrip("-")) or value.startswith(f"{name}:")
    if isinstance(value, dict):
        return any(mentions(part, name) for part in (*value.keys(), *value.values()))
    return isinstance(value, (list, tuple)) and any(mentions(part, name) for part in value)
