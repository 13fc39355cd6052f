"""Builds the page of one record: head, highlights, details with their sources, timeline, related lists, panels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from time import time
from typing import Any
from urllib.parse import quote

from django.utils.text import capfirst
from markupsafe import Markup

from guanxi.core.actor import Actor
from guanxi.records import access, changes, listing, registry
from guanxi.records.declaration import RecordType, is_writable
from guanxi.records.fields import Field
from guanxi.records.screens import cells, places
from guanxi.records.screens.completing import completion
from guanxi.records.screens.reading import title_text
from guanxi.records.screens.related_cards import related_cards
from guanxi.records.screens.sources import field_sources, may_edit, names_of
from guanxi.records.screens.timeline import CHANGES, read_timeline
from guanxi.records.writing import meant
from guanxi.ui.parts import Action, Cell, Chip, Empty, MenuEntry, Separator, Tab
from guanxi.ui.record_page import DetailRow, DetailSection, Highlight, RecordPage, SideCard, Source
from guanxi.ui.said import said as _

TIMELINE = "timeline"
_COMPOSED = (("task", "t"), ("interaction", "p"))
_PEOPLE_ICONS = frozenset({"users", "user"})
_ON_ITS_WAY_S = 5
"""What was written so shortly before a page was read may not have been committed: the open page asks for it again."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A record as its pages need it: the row with labels, and what the actor may do."""

    record_type: RecordType
    actor: Actor
    pk: int
    row: Mapping[str, Any]
    editable: bool
    tags: Mapping[str, Chip]
    origin: str = ""

    @property
    def title(self) -> str:
        """Return the title of the record."""
        return title_text(self.record_type, dict(self.row))

    @property
    def url(self) -> str:
        """Return the address of the record."""
        return places.record_url(self.record_type, self.pk)


def open_record(record_type: RecordType, record_id: int, actor: Actor, origin: str = "") -> Opened:
    """Read a record for its pages; raises ``NotFound`` where the actor may not see it. One to three queries."""
    names = tuple(item.name for item in record_type.visible_fields(actor))
    row = listing.read_record(record_type, record_id, names, actor)
    tags = cells.tag_chips(record_type, [item for item in record_type.fields if item.name in row], [row], actor)
    return Opened(record_type, actor, record_id, row, may_edit(record_type, record_id, actor), tags, origin)


def record_page(opened: Opened, *, tab: str = "", kind: str = "") -> RecordPage:
    """Return the whole page; the number of queries depends on the declared lists, never on the rows in them."""
    record_type, actor = opened.record_type, opened.actor
    as_of = time() - _ON_ITS_WAY_S
    tab = "" if tab == TIMELINE else tab or (_lead(record_type) if not kind else "")
    fields = [item for item in record_type.visible_fields(actor) if item.kind != "json"]
    rows = changes.history(record_type.name, opened.pk, limit=changes.MOST_SEARCHED)
    names = names_of(rows)
    sources = field_sources(record_type, opened.pk, fields, rows, names)
    chosen = CHANGES if tab == CHANGES else kind
    centre = _panel_tab(opened, tab)
    timeline = None
    if centre is None:
        timeline = read_timeline(record_type, opened.pk, actor, kind=chosen, rows=rows, names=names)
    older = f"{opened.url}/timeline?kind={chosen}&before={timeline.older}" if timeline and timeline.older else ""
    return RecordPage(
        **_head(opened), version=opened.row["version"], at=as_of,
        done=completion(record_type, actor, opened.row) if opened.editable else "", primary=tuple(_primary(opened)),
        menu=tuple(_menu(opened)), around_url=_around_url(opened),
        sections=tuple(_sections(opened, sources)), tabs=tuple(_tabs(opened, tab)),
        head=_shown(opened, "head"), composer=tuple(_composer(opened)) if not tab else (),
        compose=_shown(opened, "compose") if not tab else Markup(""),
        timeline_filters=tuple(_filters(opened, kind)) if not tab else (),
        days=timeline.days if timeline else (), older_url=older.replace("+", "%2B"), centre=centre,
        timeline_empty=Empty("first", _("Nothing has happened yet"), _("Notes, changes and orders appear here."),
                             "history"),
    )  # fmt: skip


def _around_url(opened: Opened) -> str:
    """Return where the cards and the neighbours come from; nothing where there is neither."""
    record_type = opened.record_type
    if not (opened.origin or record_type.related or registry.panels(record_type.name, "side")):
        return ""
    return f"{opened.url}/around" + (f"?from={quote(opened.origin, safe='')}" if opened.origin else "")


def peek_page(opened: Opened) -> RecordPage:
    """Return the short form for the side panel: head, highlights, first section, related lists."""
    sections = tuple(_sections(opened, {}))[:1]
    cards = tuple(related_cards(opened.record_type, opened.pk, opened.actor, limit=3))
    return RecordPage(**_head(opened), primary=tuple(_primary(opened))[:1], sections=sections, cards=cards)


def _head(opened: Opened) -> dict[str, Any]:
    record_type, row = opened.record_type, opened.row
    tagged = (number for item in record_type.fields if item.kind == "tags" for number in row.get(item.name) or ())
    chips = tuple(opened.tags[str(number)] for number in tagged if str(number) in opened.tags)
    return {
        "id": str(opened.pk), "title": opened.title, "url": opened.url, "icon": record_type.icon,
        "second_title": str(row.get("latin_name") or row.get("native_name") or ""),
        "avatar": record_type.icon in _PEOPLE_ICONS, "organization": row.get("kind") == "organization",
        "subtitle": tuple(cell for name in record_type.subtitle if (cell := _cell(opened, name)).value or cell.chips),
        "chips": (*_status_chip(opened), *chips), "highlights": tuple(_highlights(opened)),
    }  # fmt: skip


def _status_chip(opened: Opened) -> Iterator[Chip]:
    name = opened.record_type.board
    if name and opened.row.get(name) and "status" in name:
        yield from _cell(opened, name).chips


def _cell(opened: Opened, name: str, *, edit: bool = False) -> Cell:
    item = opened.record_type.get(name)
    if item is None or name not in opened.row:
        return Cell()
    cell = cells.cell_of(opened.record_type, item, opened.row[name], opened.pk, edit=edit, tags=opened.tags)
    return replace(cell, tone="danger") if cells.is_late(item, opened.row) else cell


def _highlights(opened: Opened) -> Iterator[Highlight]:
    for name in opened.record_type.highlights[:6]:
        item = opened.record_type.get(name)
        if item is not None and name in opened.row:
            cell = _cell(opened, name)
            yield Highlight(
                item.title(), cell if cell.value is not None or cell.chips else Cell("text", "—", tone="quiet")
            )


def _sections(opened: Opened, sources: Mapping[str, Source]) -> Iterator[DetailSection]:
    record_type = opened.record_type
    along = {item.name for item in record_type.companions}  # named for the form of a new record; a list shows them
    for section in record_type.sections:
        named = [record_type[name] for name in section.fields if name in opened.row and name not in along]
        rows = tuple(detail_row(opened, item, sources.get(item.name)) for item in named)
        foreign = section.only is not None and opened.row.get(section.only[0]) not in (None, section.only[1])
        if rows and not (foreign and all(row.is_empty for row in rows)):
            yield DetailSection(str(section.label), rows, section.key)


def detail_row(opened: Opened, item: Field, source: Source | None = None) -> DetailRow:
    """Return one field of the details; where it can't be edited it says why."""
    edit = opened.editable and cells.can_edit(opened.record_type, item, opened.actor)
    locked = ""
    if not edit and opened.editable:
        computed = item.is_derived or item.expression is not None or not is_writable(item)
        locked = _("Computed, can't be edited") if computed else _("You may not change this field")
    return DetailRow(item.name, item.title(), _cell(opened, item.name, edit=edit), source, locked, str(item.help))


def _primary(opened: Opened) -> Iterator[Action]:
    opening = registry.opening_of(opened.record_type.name)
    if opening is not None:
        yield Action(str(opening.label), f"{opened.url}/{opening.part}", opening.icon)
    if opened.editable:
        yield Action(_("Edit"), f"{opened.url}/edit", "pencil")


def _menu(opened: Opened) -> Iterator[MenuEntry]:
    record_type, actor = opened.record_type, opened.actor
    yield Action(_("History of changes"), f"{opened.url}?tab={CHANGES}", "history")
    yield Action(_("As of an earlier time"), f"{opened.url}?as_of=", "calendar-clock")
    yield Action(_("Compare two times"), f"{opened.url}/compare", "git-compare-arrows")
    if record_type.deletable and may_edit(record_type, opened.pk, actor, "delete"):
        yield Separator()
        yield Action(_("Delete"), f"{opened.url}/delete", "trash", method="post", danger=True)


def _tabs(opened: Opened, tab: str) -> Iterator[Tab]:
    panels = registry.panels(opened.record_type.name, "tab")
    shown = [Tab(capfirst(str(item.label)), f"{opened.url}?tab={item.key}", current=tab == item.key) for item in panels]
    leads = 1 if _lead(opened.record_type) else 0
    yield from shown[:leads]
    yield Tab(_("Timeline"), f"{opened.url}?tab={TIMELINE}" if leads else opened.url, current=not tab)
    yield from shown[leads:]
    yield Tab(_("Changes"), f"{opened.url}?tab={CHANGES}", current=tab == CHANGES)


def _panel_tab(opened: Opened, tab: str) -> Markup | None:
    panel = next((item for item in registry.panels(opened.record_type.name, "tab") if item.key == tab), None)
    if panel is None:
        return None
    record = access.get_visible(opened.actor, opened.record_type, opened.pk)
    return Markup(panel.render(opened.actor, record))


def _filters(opened: Opened, kind: str) -> Iterator[Tab]:
    sources = registry.timeline_sources(opened.record_type.name)
    if not sources:
        return
    base = f"{opened.url}/timeline?all=1"
    yield Tab(_("All"), base, current=not kind)
    for source in sources:
        yield Tab(
            capfirst(str(source.label)), f"{base}&kind={source.key}", current=kind == source.key, icon=source.icon
        )
    yield Tab(_("Changes"), f"{base}&kind={CHANGES}", current=kind == CHANGES, icon="pencil")


def _composer(opened: Opened) -> Iterator[Action]:
    for name, key in _COMPOSED:
        target = registry.find_record_type(name)
        if target is None or not target.creatable or not opened.actor.may("create", name):
            continue
        through = next((item for item in target.fields if item.reference == opened.record_type.name), None)
        if through is not None:
            url = f"{places.page_url(target, 'quick')}?{through.name}={opened.pk}&stay=1"
            label = _("New %(record)s") % {"record": target.label}
            yield Action(label, url, target.icon, method="htmx", key=key)


def _shown(opened: Opened, place: str) -> Markup:
    """Return what features show in a small place of the page."""
    record = meant(opened.record_type, opened.pk)
    found = (panel.render(opened.actor, record) for panel in registry.panels(opened.record_type.name, place))
    return Markup("").join(Markup(html) for html in found)


def _lead(record_type: RecordType) -> str:
    """Return the key of the panel that stands before the timeline: the first tab, where its order is negative."""
    return next((item.key for item in registry.panels(record_type.name, "tab") if item.order < 0), "")


def side_cards(record_type: RecordType, record: Any, actor: Actor) -> Iterator[SideCard]:
    """Yield panels, then related lists; a panel named like a related list is drawn in that list's card."""
    panels = {panel.key: panel for panel in registry.panels(record_type.name, "side")}
    bodies = {key: Markup(html) for key, panel in panels.items() if (html := panel.render(actor, record))}
    lists = list(related_cards(record_type, record.pk, actor, drawn=bodies.keys()))
    named = {card.name for card in lists}
    for key, body in bodies.items():
        if key not in named:
            yield SideCard(capfirst(str(panels[key].label)), f"panel-{key}", body=body)
    for card in lists:
        yield replace(card, body=bodies[card.name]) if card.name in bodies else card
