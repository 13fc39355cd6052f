"""What can be done from a list: create, import, export, save its view, act on the selection; and its empty states."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.records import registry
from guanxi.records.declaration import RecordType
from guanxi.records.screens import places
from guanxi.records.screens.arrangement import NamedView
from guanxi.records.screens.layouts import LAYOUT_WORDS, board_fields, date_fields
from guanxi.records.screens.named_views import LAYOUT_ICONS
from guanxi.records.screens.state import ListState
from guanxi.ui.parts import Action, Empty, MenuEntry, Separator

if TYPE_CHECKING:
    from guanxi.records.screens.asked import Listing


def primary_action(record_type: RecordType, actor: Actor) -> Action | None:
    """Return the button that creates a record, where the actor may."""
    if not record_type.creatable or not actor.may("create", record_type.name):
        return None
    label = _("New %(record)s") % {"record": record_type.label}
    return Action(label, places.page_url(record_type, "new"), "plus")


def more_menu(found: Listing) -> Iterator[MenuEntry]:
    """Yield the entries of the menu beside the button: board, import, export, bin."""
    record_type, actor = found.record_type, found.actor
    query = found.state.first_page().query()
    tail = f"?{query}" if query else ""
    yield from (action for action in layout_actions(found) if not action.checked)
    yield Action(_("As of an earlier time"), places.page_url(record_type, f"as-of{tail}"), "calendar-clock")
    yield Action(_("Compare two times"), places.page_url(record_type, f"compare{tail}"), "git-compare-arrows")
    if record_type.importable and actor.may("import", record_type.name) and (url := import_url(record_type)):
        yield Action(_("Import"), url, "upload")
    if actor.may("export", record_type.name):
        yield Separator(_("Export"))
        for kind, label in (("xlsx", _("Excel (XLSX)")), ("csv", "CSV"), ("jsonl", "JSON lines")):
            export = places.page_url(record_type, f"export/{kind}{tail}")
            yield Action(label, export, "file-spreadsheet" if kind == "xlsx" else "file-down")
    if record_type.deletable and actor.may("delete", record_type.name):
        yield Separator()
        yield Action(_("Bin"), places.page_url(record_type, "bin"), "archive")


def layout_actions(found: Listing) -> list[Action]:
    """Return the layouts in which the list can be shown, the present one checked; none where there is only one."""
    record_type, actor = found.record_type, found.actor
    offered = {
        "": True, "board": bool(board_fields(record_type, actor)),
        "calendar": bool(date_fields(record_type, actor)), "timeline": bool(date_fields(record_type, actor)),
    }  # fmt: skip
    state = replace(found.state.first_page(), by=None, until=None, span=None, shut=())
    base = places.list_url(record_type)
    table = f"{base}?{'in=table&' if found.view.look.layout else ''}{state.query()}"
    urls = {part: state.url(f"{base}{part}") if part else table for part in offered}
    actions = [
        Action(str(LAYOUT_WORDS[part]), urls[part], LAYOUT_ICONS.get(part, "list"), checked=part == found.base_part)
        for part, there in offered.items() if there
    ]  # fmt: skip
    return actions if len(actions) > 1 else []


def view_url(found: Listing, view: NamedView) -> str:
    """Return the address of a view as it was saved; a declared one stays in the present layout."""
    part = found.base_part if view.saved_id is None else view.look.layout
    return ListState(view=view.key).url(places.list_url(found.record_type) + part)


def import_url(record_type: RecordType) -> str:
    """Return the address where an import of this type begins, or an empty string where there is none."""
    try:
        return f"{reverse('import.new')}?type={record_type.name}"
    except NoReverseMatch:
        return ""


def view_actions(found: Listing) -> Iterator[Action]:
    """Yield what can be done with the current view: save, save as new, reset, share or delete."""
    part = f"in={found.base_part}&" if found.base_part else ""
    query = part + found.state.first_page().query()
    view, base = found.view, places.page_url(found.record_type, "views")
    if found.is_dirty:
        yield Action(_("Reset"), view_url(found, view), "rotate-ccw")
        if view.saved_id is not None:
            refusal = "" if view.mine else _("This view belongs to somebody else. Save it as a new one.")
            yield Action(_("Save"), f"{base}/{view.saved_id}?{query}", "save", method="post", disabled=refusal)
    if found.look != view.look:
        yield Action(_("Save as new"), f"{base}?{query}", "bookmark", method="htmx")
    elif view.saved_id is not None and view.mine:
        yield Action(_("Change view"), f"{base}/{view.saved_id}?{query}", "settings", method="htmx")


def bulk_actions(record_type: RecordType, actor: Actor) -> tuple[Action, ...]:
    """Return what can be done with selected rows."""
    actions: list[Action] = []
    base = places.page_url(record_type, "bulk")
    if record_type.editable and actor.may("edit", record_type.name) and record_type.editable_fields(actor):
        actions.append(Action(_("Edit"), f"{base}/edit", "pencil", method="htmx"))
        if record_type.get("owner") and actor.edits_field(record_type.name, "owner"):
            actions.append(Action(_("Assign"), f"{base}/edit?field=owner", "user-check", method="htmx"))
        if record_type.get("tags") and actor.edits_field(record_type.name, "tags"):
            actions.append(Action(_("Tag"), f"{base}/edit?field=tags", "tag", method="htmx"))
    for added in registry.bulk_actions(record_type.name):
        if added.offered(actor):
            actions.append(Action(str(added.label), reverse(added.route), added.icon, method="htmx"))
    if actor.may("export", record_type.name):
        actions.append(Action(_("Export"), f"{base}/export", "download", method="htmx"))
    if record_type.deletable and actor.may("delete", record_type.name):
        actions.append(Action(_("Delete"), f"{base}/delete", "trash", method="htmx", danger=True))
    return tuple(actions)


def empty_state(found: Listing) -> Empty:
    """Return what an empty list says: first use, nothing found, or no access."""
    record_type = found.record_type
    plural = str(record_type.plural)
    if not found.actor.may("view", record_type.name):
        text = _("Ask an administrator for the right to see %(records)s.") % {"records": plural}
        return Empty("denied", _("You can't see %(records)s") % {"records": plural}, text)
    if found.state.search or found.look.filter is not None or found.state.page > 1:
        title = _("No %(records)s match") % {"records": plural}
        clear = ListState(view=found.view.key, conditions=(), tree="").url(found.base)
        return Empty("none", title, _("Change or clear the filters and the search to see more."),
                     secondary=Action(_("Clear filters"), clear))  # fmt: skip
    create = primary_action(record_type, found.actor)
    url = import_url(record_type) if record_type.importable and found.actor.may("import", record_type.name) else ""
    title = _("No %(records)s yet") % {"records": plural}
    text = _("%(records)s that you add or import appear here.") % {"records": capfirst(plural)}
    return Empty("first", title, text, record_type.icon, create, Action(_("Import a file"), url) if url else None)
