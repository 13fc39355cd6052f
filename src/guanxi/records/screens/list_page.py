"""Builds the page of a list: tabs, chips, columns, rows and the ways on from here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guanxi.core.errors import Invalid
from guanxi.records import listing
from guanxi.records.declaration import RecordType
from guanxi.records.fields import Field
from guanxi.records.filters import Context, Tree, compile_filter, parse_condition
from guanxi.records.group_keys import grouping_of
from guanxi.records.screens import cells
from guanxi.records.screens.asked import PAGE_SIZE, Listing, then_by, with_look
from guanxi.records.screens.completing import completion
from guanxi.records.screens.group_words import grouping_words
from guanxi.records.screens.grouped import read_grouped
from guanxi.records.screens.list_actions import (
    bulk_actions,
    empty_state,
    layout_actions,
    more_menu,
    primary_action,
    view_actions,
    view_url,
)
from guanxi.records.screens.rows import columns_of, rows_of
from guanxi.records.screens.sums import with_feet
from guanxi.records.screens.words import operator_word, value_words
from guanxi.records.search import is_searchable
from guanxi.records.summing import figures_of_rows, summed_columns
from guanxi.ui import formats
from guanxi.ui.list_page import Column, FilterChip, ListPage, Pager, ViewTab
from guanxi.ui.parts import Action, MenuEntry


def list_page(found: Listing) -> ListPage:
    """Return the page of a list; its queries do not grow with the number of rows. Raises ``Invalid``."""
    columns = listing.shown_columns(found.record_type, found.look.columns, found.actor)
    bulk = bulk_actions(found.record_type, found.actor)
    heads = columns_of(found, columns)
    page = _frame(found, columns, bulk)
    if found.look.group:
        in_groups = _grouped_page(found, page, heads, columns)
        if in_groups is not None:
            return in_groups
        page = replace(page, notice=_("Grouping takes too long here. Narrow the list with a filter."))
    return _plain_page(found, page, heads, columns)


def _frame(found: Listing, columns: Sequence[Field], bulk: tuple[Action, ...]) -> ListPage:
    """Return what surrounds the rows: tabs, chips, menus and addresses."""
    record_type, state = found.record_type, found.state.first_page()
    query = state.query()
    hidden = tuple(replace(state, view=found.view.key).pairs(search=False))
    return ListPage(
        title=found.view.label, path=found.base, columns=(), rows=(), views=tuple(tabs_of(found)),
        chips=tuple(chips_of(found)), query=state.search, state=hidden,
        searchable=is_searchable(record_type), filter_url=f"{found.filter_base}{query}",
        columns_url=f"{found.base}columns?{query}", menu_url=f"{found.base}menu?{query}",
        grouped_by=_grouped_by(found), sort_menu=tuple(_sort_menu(found, columns)),
        view_actions=tuple(view_actions(found)), more_menu=tuple(more_menu(found)), bulk=bulk,
        primary=primary_action(record_type, found.actor), density=found.look.density,
        layouts=tuple(layout_actions(found)),
        done=completion(record_type, found.actor),
    )  # fmt: skip


def _plain_page(found: Listing, page: ListPage, heads: Sequence[Column], columns: Sequence[Field]) -> ListPage:
    """Return the page with its rows, read by one query; sums of a longer list come with its count."""
    record_type, state = found.record_type, found.state
    part = listing.read_page(record_type, found.query, found.actor)
    rows = rows_of(found, part, heads, selectable=bool(page.bulk))
    known = len(part.rows) if not part.next and state.page == 1 else None
    more = bool(part.next) or state.page > 1
    summed = summed_columns(columns)
    figures = figures_of_rows(part.rows, summed) if known is not None else None
    return replace(
        page, columns=tuple(with_feet(heads, summed, figures)), rows_html=rows if part.rows else None,
        count="" if known is None else amount_text(record_type, listing.Amount(known, exact=True)),
        count_url="" if known is not None else f"{found.base}count?{state.first_page().query()}",
        sums="" if not summed else "ready" if known is not None else "later",
        total=known or 0, more=more, pager=_pager(found, part), empty=None if part.rows else empty_state(found),
    )  # fmt: skip


def _grouped_page(found: Listing, page: ListPage, heads: Sequence[Column], columns: Sequence[Field]) -> ListPage | None:
    """Return the page with its rows in groups, or None where that takes too long."""
    summed = summed_columns(columns)
    groups = read_grouped(found, heads, summed, selectable=bool(page.bulk))
    if groups is None:
        return None
    later: Literal["asked", "ready"] = "asked" if groups.figures is None else "ready"
    return replace(
        page, columns=tuple(with_feet(heads, summed, groups.figures)), groups=groups.heads, notice=groups.notice,
        count=amount_text(found.record_type, listing.Amount(groups.count, exact=True)), total=groups.count,
        more=groups.count > groups.drawn, sums=later if summed else "",
        sums_url=f"{found.base}?{found.state.first_page().query()}&full=1",
        empty=None if groups.heads else empty_state(found),
    )  # fmt: skip


def _grouped_by(found: Listing) -> str:
    if not found.look.group:
        return ""
    return grouping_words(grouping_of(found.record_type, found.look.group, found.actor))


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


def _sort_menu(found: Listing, columns: Sequence[Field]) -> Iterator[MenuEntry]:
    order = {word.lstrip("-"): word for word in found.look.sort}
    for item in columns:
        if not item.sortable:
            continue
        word = order.get(item.name)
        arrow = "" if word is None else "↓" if word.startswith("-") else "↑"
        yield Action(item.title(), then_by(found, item.name), checked=word is not None, detail=arrow)


def tabs_of(found: Listing) -> Iterator[ViewTab]:
    """Yield the tabs of the views that the actor may use."""
    for view in found.views:
        current = view.key == found.view.key
        yield ViewTab(view.label, view_url(found, view), view.icon, first=view.is_first,
                      current=current, dirty=current and found.is_dirty,
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
