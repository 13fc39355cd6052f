"""Columns and rows of a list as markup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

from markupsafe import Markup

from guanxi.records import listing
from guanxi.records.declaration import RecordType
from guanxi.records.fields import Field
from guanxi.records.registry import opening_of
from guanxi.records.screens import cells, places
from guanxi.records.screens.asked import Listing, pinned_columns, then_by, with_look
from guanxi.records.screens.widths import column_width
from guanxi.ui.list_page import Column, Sort
from guanxi.ui.table_rows import TableColumn, TableRow, Writer, late_writer, name_writer, write_rows

_CARD_FACTS = 3
Card = Literal["", "title", "figure", "meta"]


def rows_of(found: Listing, page: listing.Page, heads: Sequence[Column], *, selectable: bool) -> Markup:
    """Return the rows of one page of a list as markup."""
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
    return write_rows(rows, table, found.base, suffix, selectable=selectable)


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


def columns_of(found: Listing, columns: Sequence[Field]) -> list[Column]:
    """Return the heads of the columns of a list, as wide as the reader made them in this view."""
    order = {word.lstrip("-"): word.startswith("-") for word in found.look.sort}
    heads: list[Column] = []
    pinned = pinned_columns(found)
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
        width = found.view.widths.get(item.name) or column_width(item, label, is_first=index == 0)
        heads.append(Column(
            item.name, label, width, numeric, sort, _sort_url(found, item) if item.sortable else "",
            then_by(found, item.name) if item.sortable else "", card=card, derived=item.is_derived,
            pinned=index if index <= pinned else 0,
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
