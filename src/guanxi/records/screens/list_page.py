"""Builds the page of a list: tabs, chips, columns, rows and the ways on from here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markupsafe import Markup

from guanxi.core.actor import Actor
from guanxi.core.errors import Invalid
from guanxi.records import access, listing
from guanxi.records.declaration import RecordType
from guanxi.records.fields import Field
from guanxi.records.filters import Context, Tree, compile_filter, parse_condition
from guanxi.records.registry import opening_of
from guanxi.records.screens import cells, places
from guanxi.records.screens.list_actions import bulk_actions, empty_state, more_menu, primary_action, view_actions
from guanxi.records.screens.named_views import NamedView, current_view, named_views
from guanxi.records.screens.state import ListState, Look
from guanxi.records.screens.widths import column_width
from guanxi.records.screens.words import operator_word, value_words
from guanxi.records.search import is_searchable
from guanxi.ui import formats
from guanxi.ui.list_page import Column, FilterChip, ListPage, Pager, Sort, ViewTab
from guanxi.ui.parts import Action, MenuEntry
from guanxi.ui.table_rows import TableColumn, TableRow, Writer, late_writer, name_writer, write_rows

PAGE_SIZE = 50
_CARD_FACTS = 3
Card = Literal["", "title", "figure", "meta"]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as asked for: its state, the view it starts from, what it shows, and the query that answers it."""

    record_type: RecordType
    actor: Actor
    state: ListState
    views: tuple[NamedView, ...]
    view: NamedView
    look: Look
    base_part: str = ""

    @property
    def query(self) -> listing.Query:
        """Return the query of this page."""
        return listing.Query(
            columns=self.look.columns, filter=self.look.filter, search=self.state.search, sort=self.look.sort,
            after=self.state.after, limit=PAGE_SIZE,
        )  # fmt: skip

    @property
    def filter_base(self) -> str:
        """Return the address of the filter editor up to its parameters."""
        return places.page_url(self.record_type, f"filter?{'board=1&' if self.base_part else ''}")

    @property
    def is_dirty(self) -> bool:
        """Say whether the list shows something else than its view says."""
        return self.look != self.view.look

    @property
    def base(self) -> str:
        """Return the address of the list (or of its board) without its state."""
        return places.list_url(self.record_type) + self.base_part


def open_listing(record_type: RecordType, actor: Actor, state: ListState) -> Listing:
    """Return the list that an address means for this actor; one query for the saved views.

    Raises ``NotAllowed`` for an actor that may see no record of this type at all.
    """
    access.require_may(actor, "view", record_type)
    views = tuple(named_views(record_type, actor))
    view = current_view(views, state)
    return Listing(record_type, actor, state, views, view, state.look(view.look))


def list_page(found: Listing, widths: Mapping[str, int] | None = None) -> ListPage:
    """Return the page of a list; its queries do not grow with the number of rows. Raises ``Invalid``."""
    record_type, state = found.record_type, found.state
    page = listing.read_page(record_type, found.query, found.actor)
    heads = _columns(found, page.columns, widths or {})
    bulk = bulk_actions(found.record_type, found.actor)
    rows = _rows(found, page, heads, selectable=bool(bulk))
    known = len(page.rows) if not page.next and state.page == 1 else None
    more = bool(page.next) or state.page > 1
    return ListPage(
        title=found.view.label, path=found.base, columns=tuple(heads), rows=(), rows_html=rows if page.rows else None,
        count="" if known is None else amount_text(record_type, listing.Amount(known, exact=True)),
        count_url="" if known is not None else f"{found.base}count?{state.first_page().query()}",
        total=known or 0, more=more, views=tuple(tabs_of(found)), chips=tuple(chips_of(found)), query=state.search,
        state=tuple(state.first_page().pairs(search=False)), searchable=is_searchable(record_type),
        filter_url=f"{found.filter_base}{state.first_page().query()}",
        columns_url=f"{found.base}columns?{state.first_page().query()}",
        sort_menu=tuple(_sort_menu(found, page.columns)),
        view_actions=tuple(view_actions(found)), more_menu=tuple(more_menu(found)), bulk=bulk,
        primary=primary_action(record_type, found.actor), pager=_pager(found, page),
        empty=None if page.rows else empty_state(found),
    )  # fmt: skip


def amount_text(record_type: RecordType, amount: listing.Amount) -> str:
    """Return “12,482 customers”, or “about 1,200,000 customers” beyond the limit of exact counting."""
    number = formats.number(amount.number)
    if amount.number == 1 and amount.exact:
        return ngettext("%(number)s %(record)s", "%(number)s %(record)s", 1) % {
            "number": 1,
            "record": record_type.label,
        }
    if amount.exact:
        return _("%(number)s %(records)s") % {"number": number, "records": record_type.plural}
    return _("about %(number)s %(records)s") % {"number": number, "records": record_type.plural}


def _rows(found: Listing, page: listing.Page, heads: Sequence[Column], *, selectable: bool) -> Markup:
    record_type, actor = found.record_type, found.actor
    tags = cells.tag_chips(record_type, page.columns, page.rows, actor)
    names = [item.name for item in page.columns]
    suffix = places.with_origin("", found.state.query() or "view=" + found.view.key)
    table: list[TableColumn] = []
    for index, (item, head) in enumerate(zip(page.columns, heads, strict=True)):
        write: Writer = cells.writer(record_type, item, actor, tags)
        if index == 0:
            write = _first_writer(record_type, item, page, suffix)
        elif item.kept_by:
            write = late_writer(write, frozenset(row["id"] for row in page.rows if cells.is_late(item, row)))
        edit = f"field/{item.name}?cell=1" if cells.can_edit(record_type, item, actor) else ""
        table.append(TableColumn(head, write, edit))
    first = names[0] if names else "id"
    rows = [TableRow(row["id"], _title_text(row.get(first)) or f"#{row['id']}",
                     [row[first] or f"#{row['id']}", *(row[name] for name in names[1:])])
            for row in page.rows]  # fmt: skip
    return write_rows(rows, table, found.base, selectable=selectable)


def _first_writer(record_type: RecordType, item: Field, page: listing.Page, suffix: str) -> Writer:
    """The first column opens the record, whatever field stands there."""
    kind = next((column for column in page.columns if column.name == "kind"), None)
    squares = frozenset(row["id"] for row in page.rows if kind and row.get("kind") == "organization")
    icon = "" if record_type.icon in ("users", "user") else record_type.icon
    opening = opening_of(record_type.name)
    write = name_writer(places.list_url(record_type), squares, suffix, icon, saves=opening.part if opening else "")
    return lambda value, row_id: write(_title_text(value, item) or f"#{row_id}", row_id)


def _title_text(value: Any, item: Field | None = None) -> str:
    if isinstance(value, dict):
        return str(value.get("label") or value.get("amount") or "")
    if item is not None and item.kind in ("choice", "date", "datetime"):
        return cells.text_of(item, value)
    return "" if value is None else str(value)[:200]


def _columns(found: Listing, columns: Sequence[Field], widths: Mapping[str, int]) -> list[Column]:
    order = {word.lstrip("-"): word.startswith("-") for word in found.look.sort}
    heads: list[Column] = []
    facts, figure = 0, _card_figure(found, columns)
    for index, item in enumerate(columns):
        numeric = item.kind in cells.NUMERIC
        card: Card = "title" if index == 0 else ""
        if index and item.name == figure:
            card = "figure"
        elif index and facts < _CARD_FACTS and item.kind != "long_text":
            card, facts = "meta", facts + 1
        label = item.title()
        sort: Sort = "" if item.name not in order else "descending" if order[item.name] else "ascending"
        width = widths.get(item.name) or column_width(item, label, is_first=index == 0)
        heads.append(Column(
            item.name, label, width, numeric, sort, _sort_url(found, item) if item.sortable else "",
            _then_by(found, item.name) if item.sortable else "", card=card, derived=item.is_derived,
        ))  # fmt: skip
    return heads


def _card_figure(found: Listing, columns: Sequence[Field]) -> str:
    """Return the column that a card on a phone shows beside the title: the figure or date the list is sorted by."""
    sorted_by = {word.lstrip("-") for word in found.look.sort}
    measures = [item for item in columns[1:] if item.kind in (*cells.NUMERIC, "date", "datetime")]
    best = sorted(measures, key=lambda item: (item.name not in sorted_by, item.kind not in cells.NUMERIC))
    return best[0].name if best else ""


def _sort_url(found: Listing, item: Field) -> str:
    """Return the address after a click on the header: ascending, descending, then as the view says."""
    descending_first = item.kind in cells.NUMERIC or item.kind in ("date", "datetime")
    first, second = (f"-{item.name}", item.name) if descending_first else (item.name, f"-{item.name}")
    sort = found.look.sort
    chosen = (second,) if sort == (first,) else found.view.look.sort if sort == (second,) else (first,)
    return with_look(found, replace(found.look, sort=chosen))


def with_look(found: Listing, look: Look) -> str:
    """Return the address of the list showing another look."""
    state = replace(found.state, view=found.view.key).with_look(look, found.view.look)
    return state.url(found.base)


def _sort_menu(found: Listing, columns: Sequence[Field]) -> Iterator[MenuEntry]:
    order = {word.lstrip("-"): word for word in found.look.sort}
    for item in columns:
        if not item.sortable:
            continue
        word = order.get(item.name)
        arrow = "" if word is None else "↓" if word.startswith("-") else "↑"
        yield Action(item.title(), _then_by(found, item.name), checked=word is not None, detail=arrow)


def _then_by(found: Listing, name: str) -> str:
    """Return the address with this field added to the sort, turned round, or taken out (three keys at most)."""
    sort = list(found.look.sort)
    if name in sort:
        sort[sort.index(name)] = f"-{name}"
    elif f"-{name}" in sort:
        sort.remove(f"-{name}")
    else:
        sort = [*sort[:2], name]
    return with_look(found, replace(found.look, sort=tuple(sort) or found.view.look.sort))


def tabs_of(found: Listing) -> Iterator[ViewTab]:
    """Yield the tabs of the views that the actor may use."""
    for view in found.views:
        current = view.key == found.view.key
        url = ListState(view=view.key).url(found.base)
        yield ViewTab(view.label, url, view.icon, current=current, dirty=current and found.is_dirty,
                      private=view.saved_id is not None and view.private)  # fmt: skip


def chips_of(found: Listing) -> Iterator[FilterChip]:
    """Yield the conditions of the list as chips; one query for each type that they refer to."""
    nodes = [parse_condition(text) for text in found.look.conditions]
    pairs = [(str(node["field"]), node.get("value")) for node in nodes]
    labels = cells.reference_labels(found.record_type, pairs, found.actor)
    for index, node in enumerate(nodes):
        yield _chip(found, index, node, labels)
    if found.look.tree:
        without = with_look(found, replace(found.look, tree=""))
        edit = f"{found.filter_base}part=tree&{found.state.first_page().query()}"
        yield FilterChip(_("Advanced filter"), "", "", edit, without, locked=False)


def _chip(found: Listing, index: int, node: Tree, labels: Mapping[tuple[str, int], str]) -> FilterChip:
    item = found.record_type.condition_field(str(node["field"]))
    rest = found.look.conditions[:index] + found.look.conditions[index + 1 :]
    remove = with_look(found, replace(found.look, conditions=rest))
    edit = f"{found.filter_base}edit={index}&{found.state.first_page().query()}"
    if item is None or not found.actor.sees_field(found.record_type.name, item.name):
        return FilterChip(str(node["field"])[:60], "", "", edit, remove, invalid=_("There is no such field."))
    invalid = ""
    try:
        compile_filter(found.record_type, node, Context.of(found.actor))
    except Invalid as refusal:
        invalid = str(refusal)
    added = found.record_type.added_filter(item.name)
    if added is not None and not added.is_offered:
        edit = ""
    op = str(node["op"])
    words = value_words(item, op, node.get("value"), labels)
    return FilterChip(item.title(), operator_word(item, op), words, edit, remove, invalid)


def _pager(found: Listing, page: listing.Page) -> Pager | None:
    state = found.state
    if not page.next and state.page == 1:
        return None
    start = (state.page - 1) * PAGE_SIZE + 1
    end = start + len(page.rows) - 1
    text = f"{formats.number(start)}–{formats.number(max(start, end))}"
    before = state.previous_page().url(found.base) if state.page > 1 else ""
    after = state.next_page(page.next).url(found.base) if page.next else ""
    return Pager(text, before, after)
