"""What the pages of the past show: a record, a list, and comparisons of both, all read only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.records.columns import Row
from guanxi.records.declaration import RecordType
from guanxi.records.fields import Field
from guanxi.records.listing import Page
from guanxi.records.screens import cells, places
from guanxi.records.screens.asked import Listing
from guanxi.records.screens.list_page import chips_of
from guanxi.records.screens.reading import title_text
from guanxi.records.screens.record_page import Opened, detail_row
from guanxi.records.screens.sums import with_feet
from guanxi.records.screens.timeline import read_timeline
from guanxi.records.summing import Figure, summed_columns
from guanxi.records.time_machine.answerable import kept_names
from guanxi.records.time_machine.comparing import Comparison, Difference
from guanxi.records.time_machine.moments import PARAMETER, input_value
from guanxi.records.time_machine.records import PastRecord
from guanxi.ui import formats
from guanxi.ui.list_page import Column, Pager
from guanxi.ui.parts import Cell
from guanxi.ui.record_page import DetailRow, DetailSection, RecordPage

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Control:
    """The form that chooses an instant: where it leads, its value, and near choices as (label, address)."""

    action: str
    value: str
    newest: str
    said: str
    hidden: tuple[tuple[str, str], ...]
    near: tuple[tuple[str, str], ...]
    back_url: str
    compare_url: str


@dataclass(frozen=True, slots=True)
class PastRow:
    """A row of a list of the past; the first cell is its name and leads to the record as it stood."""

    url: str
    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class PastList:
    """A list as of an instant: ``notes`` say what it leaves out, ``chips`` its filter in words."""

    columns: tuple[Column, ...]
    rows: tuple[PastRow, ...]
    chips: tuple[tuple[str, str, str], ...]
    notes: tuple[str, ...]
    pager: Pager | None
    count: str
    export_url: str = ""


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """A record in a comparison, with its fields as (label, before, after)."""

    name: str
    url: str
    fields: tuple[tuple[str, str, str], ...] = ()


def control(
    base: str, at: datetime, actor: Actor, hidden: Sequence[tuple[str, str]], back_url: str, compare: str
) -> Control:
    """Return the form over an instant for the page at ``base``."""
    zone, now = actor.time_zone, datetime.now(UTC)
    near = [(_("Yesterday"), 1), (_("A week ago"), 7), (_("A month ago"), 30), (_("A year ago"), 365)]
    addresses = tuple(
        (label, f"{base}?{urlencode([*hidden, (PARAMETER, input_value(now - timedelta(days=days), zone))])}")
        for label, days in near
    )
    second = urlencode([*hidden, ("from", input_value(at, zone))])
    return Control(
        base, input_value(at, zone), input_value(now, zone), formats.moment(at), tuple(hidden), addresses, back_url,
        f"{compare}?{second}",
    )  # fmt: skip


def past_record_page(
    record_type: RecordType, record_id: int, found: PastRecord, at: datetime, actor: Actor
) -> RecordPage:
    """Return the page of a record as it stood: title and fields of then, and what had happened until then."""
    row = found.row or {"id": record_id}
    shown = [item for name, item in _fields(record_type, actor) if name in row]
    opened = Opened(record_type, actor, record_id, row, False, cells.tag_chips(record_type, shown, [row], actor))
    days = read_timeline(record_type, record_id, actor, before=at.isoformat()).days if found.deleted_at is None else ()
    title = opened.title if record_type.title in row else f"{capfirst(str(record_type.label))} #{record_id}"
    return RecordPage(
        str(record_id), title, opened.url, record_type.icon, avatar=record_type.icon in ("users", "user"),
        organization=row.get("kind") == "organization", sections=tuple(_sections(opened)), days=days,
    )  # fmt: skip


def _fields(record_type: RecordType, actor: Actor) -> Iterator[tuple[str, Field]]:
    for name in kept_names(record_type, actor):
        if record_type[name].kind != "json":
            yield name, record_type[name]


def shown_names(record_type: RecordType, actor: Actor) -> tuple[str, ...]:
    """Return the fields that the page of a past record shows."""
    return tuple(name for name, _item in _fields(record_type, actor))


def _sections(opened: Opened) -> Iterator[DetailSection]:
    left = dict.fromkeys(name for name in opened.row if opened.record_type.get(name))
    for section in opened.record_type.sections:
        names = [name for name in section.fields if left.pop(name, 0) is None]
        rows = tuple(_detail(opened, name) for name in names)
        foreign = section.only is not None and opened.row.get(section.only[0]) not in (None, section.only[1])
        if rows and not (foreign and all(row.is_empty for row in rows)):
            yield DetailSection(str(section.label), rows, section.key)
    if left:
        yield DetailSection(_("More"), tuple(_detail(opened, name) for name in left), "more")


def _detail(opened: Opened, name: str) -> DetailRow:
    """Return one field; a reference to what is no longer there is said plainly."""
    item = opened.record_type[name]
    row = detail_row(opened, item)
    value = opened.row[name]
    if item.kind == "reference" and isinstance(value, dict) and value.get("label") is None:
        words = _("#%(number)s, deleted or not visible to you") % {"number": value["id"]}
        return replace(row, cell=Cell("text", words, tone="quiet"))
    if item.kind in ("choice", "choices") and value not in (None, "", []):
        parts = value if isinstance(value, (list, tuple)) else [value]
        lost = [str(part) for part in parts if item.choice(part) is None]
        if lost:
            return replace(row, help=_("No longer a choice: %(values)s") % {"values": ", ".join(lost)})
    return row


def past_list(
    found: Listing, page: Page, count: str, notes: Sequence[str], at: datetime, base: str,
    figures: Mapping[str, Figure] | None = None,
) -> PastList:  # fmt: skip
    """Return a page of a list as of an instant, with ``figures`` below its columns of numbers."""
    record_type, actor = found.record_type, found.actor
    moment = input_value(at, actor.time_zone)
    order = {word.lstrip("-"): word.startswith("-") for word in found.look.sort}
    heads = [_head(found, item, n, order, moment, base) for n, item in enumerate(page.columns)]
    heads = with_feet(heads, summed_columns(page.columns), figures) if figures else heads
    tags = cells.tag_chips(record_type, page.columns, page.rows, actor)
    rows = tuple(_past_row(record_type, page.columns, row, moment, tags) for row in page.rows)
    chips = tuple((chip.field, chip.operator, chip.value) for chip in chips_of(found))
    state, pager = found.state, None
    if page.next or state.page > 1:
        start = (state.page - 1) * 50 + 1
        text = f"{formats.number(start)}–{formats.number(max(start, start + len(rows) - 1))}"
        pager = Pager(
            text, _with_moment(state.previous_page().url(base), moment) if state.page > 1 else "",
            _with_moment(state.next_page(page.next).url(base), moment) if page.next else "",
        )  # fmt: skip
    return PastList(tuple(heads), rows, chips, tuple(notes), pager, count)


def _with_moment(url: str, moment: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode({PARAMETER: moment})}"


def _head(found: Listing, item: Field, n: int, order: dict[str, bool], moment: str, base: str) -> Column:
    down = order.get(item.name)
    url = ""
    if item.sortable:
        sort = (f"-{item.name}" if down is False else item.name,)
        url = _with_moment(replace(found.state.first_page(), sort=sort).url(base), moment)
    shown = "" if down is None else "descending" if down else "ascending"
    card = "title" if n == 0 else "meta" if n <= 3 else ""
    return Column(item.name, item.title(), 220 if n == 0 else 150, item.kind in cells.NUMERIC, shown, url, card=card)  # type: ignore[arg-type]


def _past_row(record_type: RecordType, columns: Sequence[Field], row: Row, moment: str, tags: Any) -> PastRow:
    url = _with_moment(places.record_url(record_type, row["id"]), moment)
    shown = [cells.cell_of(record_type, item, row[item.name], row["id"], tags=tags) for item in columns]
    title = columns[0] if columns else None
    value = row.get(title.name) if title else None
    text = str(value.get("label") or "") if isinstance(value, dict) else cells.text_of(title, value) if title else ""
    return PastRow(url, text or f"#{row['id']}", tuple(shown))


def difference_rows(
    record_type: RecordType, found: Sequence[Difference], actor: Actor, at: datetime
) -> list[DifferenceRow]:
    """Return the first records of one part of a comparison; they lead to the record as of ``at``."""
    moment = input_value(at, actor.time_zone)
    rows = []
    for item in found[:SHOWN]:
        row: Row = item.after or item.before or {"id": item.record_id}
        name = title_text(record_type, dict(row)) if record_type.title in row else f"#{item.record_id}"
        fields = tuple(difference_fields(record_type, item.names, item.before or {}, item.after or {}, actor))
        rows.append(DifferenceRow(name, _with_moment(places.record_url(record_type, item.record_id), moment), fields))
    return rows


def difference_fields(
    record_type: RecordType, names: Sequence[str], before: Row, after: Row, actor: Actor
) -> Iterator[tuple[str, str, str]]:
    """Yield the fields that differ as (label, before, after) in words."""
    for name in names:
        item = record_type[name]
        yield (
            item.title(),
            _words(record_type, item, before.get(name), actor),
            _words(record_type, item, after.get(name), actor),
        )


def _words(record_type: RecordType, item: Field, value: Any, actor: Actor) -> str:
    if isinstance(value, dict) and "amount" in value:
        return cells.text_of(item, value["amount"])
    if isinstance(value, dict):
        return str(value["label"] or _("#%(number)s, deleted or not visible to you") % {"number": value["id"]})
    if item.kind == "tags" and value:
        labels = cells.reference_labels(record_type, [(item.name, value)], actor)
        return cells.text_of(item, value, labels)
    return cells.text_of(item, value) or _("empty")


def compared(record_type: RecordType, found: Comparison, actor: Actor, first: datetime, second: datetime) -> list[
    tuple[str, str, int, list[DifferenceRow]]
]:  # fmt: skip
    """Return the three parts of a comparison: key, heading, number of records, and the first of them."""
    parts = (("added", _("Came"), found.added, second), ("gone", _("Went"), found.gone, first),
             ("changed", _("Changed"), found.changed, second))  # fmt: skip
    return [(key, title, len(items), difference_rows(record_type, items, actor, at)) for key, title, items, at in parts]
