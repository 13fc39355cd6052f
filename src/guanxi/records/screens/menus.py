"""The menus of a list that are asked for when they open: of a column's head, of a cell, and of grouping."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.core.errors import Invalid
from guanxi.records import listing
from guanxi.records.fields import Field
from guanxi.records.filters import Tree, format_condition
from guanxi.records.group_keys import DATES, UNITS, Grouping, groupable_fields, grouping_of
from guanxi.records.screens import cells, places
from guanxi.records.screens.asked import MAX_PINNED, Listing, pinned_columns, then_by, with_look
from guanxi.records.screens.group_words import grouping_words
from guanxi.records.screens.layouts import board_fields, date_fields
from guanxi.records.screens.list_actions import view_actions
from guanxi.ui.parts import Action, MenuEntry, Separator

_MENU_UNITS = UNITS[1:]
DENSITIES = {"": gettext_lazy("Rows as everywhere"), "compact": gettext_lazy("Compact rows"),
             "standard": gettext_lazy("Standard rows"), "comfortable": gettext_lazy("Comfortable rows")}  # fmt: skip


def group_menu(found: Listing) -> Iterator[MenuEntry]:
    """Yield the ways to group a list, and the way back to no groups."""
    now = found.look.group and str(grouping_of(found.record_type, found.look.group, found.actor))
    if now:
        yield Action(_("Don't group"), _grouped_url(found, ""), "x")
        yield Separator()
    for item in groupable_fields(found.record_type, found.actor):
        for grouping in _groupings(item):
            yield Action(grouping_words(grouping), _grouped_url(found, str(grouping)), checked=str(grouping) == now)


def _groupings(item: Field) -> list[Grouping]:
    return [Grouping(item, unit) for unit in _MENU_UNITS] if item.kind in DATES else [Grouping(item)]


def _grouped_url(found: Listing, grouping: str) -> str:
    return with_look(replace(found, state=replace(found.state, shut=())), replace(found.look, group=grouping))


def by_menu(found: Listing, name: str = "by") -> Iterator[MenuEntry]:
    """Yield the fields of a board's columns, or the dates by which a calendar shows records (``until``: to which)."""
    is_board = found.base_part == "board"
    fields = (board_fields if is_board else date_fields)(found.record_type, found.actor)
    now = getattr(found.look, name)
    here = replace(found, state=replace(found.state, shut=()))
    if name == "until":
        yield Action(_("No end"), with_look(here, replace(found.look, until="")), checked=not now)
    elif fields:
        now = now or fields[0].name
    for item in fields:
        word = "" if name == "by" and item == fields[0] else item.name
        change: dict[str, Any] = {name: word}
        yield Action(item.title(), with_look(here, replace(found.look, **change)), checked=item.name == now)


def view_menu(found: Listing) -> Iterator[MenuEntry]:
    """Yield what can be done with the view that is shown: save, rename, place, open first, how dense its rows are."""
    yield from view_actions(found)
    query, base = found.state.first_page().query(), places.page_url(found.record_type, "views")
    if not found.is_dirty and found.look == found.view.look:
        yield Action(_("Save as new"), f"{base}?{_within(found)}{query}", "bookmark", method="htmx")
    yield Separator()
    keys = [view.key for view in found.views]
    at, arrange = keys.index(found.view.key), f"{base}/arrange?{_within(found)}{query}&key={found.view.key}&step="
    if at > 0:
        yield Action(_("Move left"), f"{arrange}left", "arrow-left", method="post")
    if at < len(keys) - 1:
        yield Action(_("Move right"), f"{arrange}right", "arrow-right", method="post")
    yield Action(_("Open this view first"), f"{arrange}first", "star", method="post", checked=found.view.is_first)
    if not found.base_part:
        yield Separator()
        for key, label in DENSITIES.items():
            url = with_look(found, replace(found.look, density=key))
            yield Action(str(label), url, checked=found.look.density == key)


def _within(found: Listing) -> str:
    return f"in={found.base_part}&" if found.base_part else ""


def column_menu(found: Listing, name: str) -> Iterator[MenuEntry]:
    """Yield what can be done with a shown column: sort, group, move, pin, hide. Raises ``Invalid`` for others."""
    names = found.look.columns
    if name not in names:
        raise Invalid({"columns": [_("There is no column “%(name)s”.") % {"name": name[:60]}]})
    item = listing.shown_columns(found.record_type, (name,), found.actor)[0]
    yield from _sort_entries(found, item)
    if item in list(groupable_fields(found.record_type, found.actor)):
        grouping = str(Grouping(item, "month" if item.kind in DATES else ""))
        grouped = found.look.group.partition(":")[0] == name
        label = _("Don't group") if grouped else _("Group by this")
        yield Action(label, _grouped_url(found, "" if grouped else grouping), "layers")
    yield Separator()
    yield from _place_entries(found, name, names.index(name))


def _sort_entries(found: Listing, item: Field) -> Iterator[MenuEntry]:
    if not item.sortable:
        return
    for word, label, sign in ((item.name, _("Sort ascending"), "arrow-up"),
                              (f"-{item.name}", _("Sort descending"), "arrow-down")):  # fmt: skip
        url = with_look(found, replace(found.look, sort=(word,)))
        yield Action(label, url, sign, checked=True if word in found.look.sort else None)
    if found.look.sort and item.name not in {word.lstrip("-") for word in found.look.sort}:
        yield Action(_("Then sort by this"), then_by(found, item.name), "arrow-up-down", detail=_("Shift + click"))


def _place_entries(found: Listing, name: str, at: int) -> Iterator[MenuEntry]:
    names, pinned = found.look.columns, pinned_columns(found)
    if at > 0:
        yield Action(_("Move left"), _moved(found, name, at - 1), "arrow-left")
    if at < len(names) - 1:
        yield Action(_("Move right"), _moved(found, name, at + 1), "arrow-right")
    if 0 < at <= pinned:
        yield Action(_("Unpin"), _moved(found, name, pinned, pinned - 1), "pin-off")
    elif at and pinned < MAX_PINNED:
        yield Action(_("Pin"), _moved(found, name, pinned + 1, pinned + 1), "pin")
    if len(names) > 1:
        rest = tuple(other for other in names if other != name)
        pin = str(pinned - 1 or "") if 0 < at <= pinned else found.look.pin
        yield Action(_("Hide"), with_look(found, replace(found.look, columns=rest, pin=pin)), "eye-off")


def _moved(found: Listing, name: str, to: int, pinned: int | None = None) -> str:
    names = [other for other in found.look.columns if other != name]
    names.insert(to, name)
    pin = found.look.pin if pinned is None else str(pinned or "")
    return with_look(found, replace(found.look, columns=tuple(names), pin=pin))


def cell_menu(found: Listing, name: str, record_id: int) -> Iterator[MenuEntry]:
    """Yield filters made of one cell: only this value, or not. Raises ``NotFound`` for a row the actor may not see."""
    item = listing.shown_columns(found.record_type, (name,), found.actor)[0]
    value = listing.read_record(found.record_type, record_id, (name,), found.actor)[name]
    if item.filterable:
        for label, node in _conditions(item, value):
            yield Action(label, filtered_by(found, node), "list-filter" if node["op"] not in _NOT else "list-x")
    if item in list(groupable_fields(found.record_type, found.actor)):
        yield Action(
            _("Group by this"), _grouped_url(found, str(_groupings(item)[1 if item.kind in DATES else 0])), "layers"
        )


_NOT = frozenset({"is_not", "not_in", "none_of", "ne", "not_empty"})
_PAIRS = {"choice": ("in", "not_in"), "reference": ("in", "not_in"), "choices": ("any_of", "none_of"),
          "tags": ("any_of", "none_of")}  # fmt: skip


def _conditions(item: Field, value: Any) -> Iterator[tuple[str, Tree]]:
    hidden = isinstance(value, dict) and "label" in value and value["label"] is None
    if value in (None, "", []) or hidden:
        if item.kind != "boolean" and not hidden:
            yield _("Only without a value"), {"field": item.name, "op": "empty"}
            yield _("Only with a value"), {"field": item.name, "op": "not_empty"}
        return
    raw = value.get("id", value.get("amount")) if isinstance(value, dict) else value
    only, other = _("Only this value"), _("Not this value")
    if item.kind in _PAIRS:
        values = [str(part) for part in raw] if isinstance(raw, (list, tuple)) else [str(raw)]
        for label, op in zip((only, other), _PAIRS[item.kind], strict=True):
            yield label, {"field": item.name, "op": op, "value": values}
    elif item.kind == "boolean":
        yield only, {"field": item.name, "op": "is", "value": "true" if raw else "false"}
        yield other, {"field": item.name, "op": "is", "value": "false" if raw else "true"}
    elif item.kind in cells.NUMERIC:
        for label, op in (
            (only, "eq"),
            (other, "ne"),
            (_("This value or more"), "gte"),
            (_("This value or less"), "lte"),
        ):
            yield label, {"field": item.name, "op": op, "value": str(raw)}
    elif item.kind in DATES:
        yield from _date_conditions(item, raw)
    elif item.kind in ("text", "email", "phone", "url") and len(str(raw)) <= 200:
        yield only, {"field": item.name, "op": "is", "value": str(raw)}
        yield other, {"field": item.name, "op": "is_not", "value": str(raw)}


def _date_conditions(item: Field, raw: Any) -> Iterator[tuple[str, Tree]]:
    day = timezone.localtime(raw).date() if isinstance(raw, datetime) else raw
    for label, op in ((_("Only this day"), "on"), (_("Before this day"), "before"), (_("After this day"), "after")):
        yield label, {"field": item.name, "op": op, "value": day.isoformat()}


def filtered_by(found: Listing, node: Tree) -> str:
    """Return the address of the list with one more condition; one of the same field and sense is replaced."""
    words = format_condition(node)
    same = f"{node['field']}:{node['op']}"
    rest = [text for text in found.look.conditions if text != same and not text.startswith(f"{same}:")]
    return with_look(found, replace(found.look, conditions=(*rest, words)))
