"""Exports: exactly the rows of a list, read with a server-side cursor and written as CSV, XLSX or JSON lines.

Text that a spreadsheet would run as a formula is written with an apostrophe before it, also when blanks, control
characters or invisible characters stand before the sign.
"""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.records import access
from guanxi.records.bulk import Selection, selected
from guanxi.records.columns import Row, annotated, selection
from guanxi.records.declaration import RecordType
from guanxi.records.fields import Field
from guanxi.records.listing import shown_columns
from guanxi.records.models import ChangeSet
from guanxi.records.paging import order_of, ordering_by, usual_sort
from guanxi.records.titles import TITLE_LENGTH, bulk_title
from guanxi.records.values import to_json

BATCH = 2_000
MOST_XLSX_ROWS = 1_000_000
_TRIGGERS = "=+-@\uff1d\uff0b\u2212\uff0d\ufe63\ufe62\uff20\ufe6b\u207a\u207b"
_UTF8_MARK = "\ufeff"
_PHONE = re.compile(r"\+\d[\d ()-]*")


@dataclass(frozen=True, slots=True)
class Export:
    """An export that may be read once: its columns, the rows, and the change set that recorded it."""

    record_type: RecordType
    columns: tuple[Field, ...]
    rows: Iterable[Row]
    time_zone: str
    language: str
    change_set_id: int


def open_export(
    record_type: RecordType, chosen: Selection, actor: Actor, columns: Sequence[str], sort: Sequence[str] = (),
    kind: str = "csv",
) -> Export:  # fmt: skip
    """Return the rows of a list, all of them and no others, for an actor with the right to export them.

    Row and column choice are recorded as a change set before the first row leaves. The rows are read inside a
    transaction of their own when they are iterated. Raises ``NotAllowed`` and ``Invalid``.
    """
    access.require_may(actor, "export", record_type)
    fields = shown_columns(record_type, columns, actor)
    order = order_of(record_type, tuple(sort) or usual_sort(record_type, actor), actor)
    rows = selected(record_type, chosen, actor, "export")
    sorts = [item for item, _down in order]
    rows = annotated(rows, record_type, (*fields, *sorts), actor)
    ordering = [ordering_by(item, down) for item, down in order]
    picked = selection(fields)
    ordered = rows.order_by(*ordering, "-pk").values_list(*picked.paths)
    change_set = _record_export(record_type, actor, rows.order_by().count(), fields, kind)
    return Export(record_type, fields, _Rows(ordered, picked.build), actor.time_zone, actor.language,
                  change_set.pk)  # fmt: skip


def _record_export(record_type: RecordType, actor: Actor, rows: int, fields: Sequence[Field], kind: str) -> ChangeSet:
    counts = {"record_type": record_type.name, "rows": rows, "columns": [item.name for item in fields], "format": kind}
    title = bulk_title("export", record_type, rows)
    return ChangeSet.objects.create(kind="export", title=title[:TITLE_LENGTH], actor_id=actor.user_id, counts=counts)


class _Rows:
    """Rows read through a server-side cursor; one reading is one snapshot of the database."""

    def __init__(self, query: Any, build: Callable[[Sequence[Any]], Row]) -> None:
        self.query, self.build = query, build

    def __iter__(self) -> Iterator[Row]:
        with transaction.atomic():
            for values in self.query.iterator(chunk_size=BATCH):
                yield self.build(values)


def write_csv(export: Export, *, with_mark: bool = True) -> Iterator[bytes]:
    """Yield the export as CSV in UTF-8, some hundred rows at a time; ``with_mark`` begins it with a byte order mark."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write(_UTF8_MARK if with_mark else "")
    with translation.override(export.language):
        writer.writerow(["id", *(harmless(heading(item)) for item in _flat(export.columns))])
        for number, row in enumerate(export.rows, 1):
            writer.writerow([row["id"], *(_csv_value(value) for value in _values(export, row))])
            if number % 500 == 0:
                yield _taken(buffer)
    yield _taken(buffer)


def write_json_lines(export: Export) -> Iterator[bytes]:
    """Yield the export as JSON lines: one object per record, values as the API writes them."""
    lines: list[bytes] = []
    for number, row in enumerate(export.rows, 1):
        body = {name: _json(value) for name, value in row.items()}
        lines.append(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
        if number % 500 == 0:
            yield b"".join(lines)
            lines.clear()
    yield b"".join(lines)


def write_xlsx(export: Export) -> IO[bytes]:
    """Return the export as a workbook in a temporary file, read from its beginning.

    Text is never a formula; phone numbers stay as they are, typed as text.

    Raises ``ValueError`` beyond the number of rows that a sheet holds.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_name(export.record_type))

    def cell(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        text = value if _PHONE.fullmatch(value) else harmless(value)
        made = WriteOnlyCell(sheet, value=_printable(text)[:32_000])
        made.data_type = "s"
        return made

    sheet.append([cell("id"), *(cell(heading(item)) for item in _flat(export.columns))])
    for number, row in enumerate(export.rows, 1):
        if number > MOST_XLSX_ROWS:
            raise ValueError(_("A sheet holds %(most)s rows. Export as CSV instead.") % {"most": MOST_XLSX_ROWS})
        sheet.append([row["id"], *(cell(value) for value in _values(export, row))])
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    book.save(file)
    file.seek(0)
    return file


def harmless(text: str) -> str:
    """Return text that no spreadsheet takes for a formula: an apostrophe stands before anything that looks like one."""
    for character in text:
        if character in _TRIGGERS:
            return f"'{text}"
        if character.isprintable() and character not in " \"'":
            return text
    return text


def heading(item: Field) -> str:
    """Return the heading of a column."""
    return capfirst(str(item.label or item.name))


def _flat(columns: Sequence[Field]) -> Iterator[Field]:
    """Yield the columns of the file: money has a second one with its currency."""
    for item in columns:
        yield item
        if item.kind == "money" and item.currency:
            yield replace(item, label=_("%(field)s, currency") % {"field": item.label}, kind="text")


def _values(export: Export, row: Row) -> Iterator[Any]:
    zone = ZoneInfo(export.time_zone)
    for item in export.columns:
        value = row[item.name]
        if item.kind == "money" and item.currency:
            yield from (value["amount"], value["currency"]) if isinstance(value, dict) else (value, None)
        elif isinstance(value, dict) and "label" in value:
            yield value["label"]
        elif isinstance(value, datetime):
            yield value.astimezone(zone).replace(tzinfo=None, microsecond=0)
        elif isinstance(value, bool):
            yield _("yes") if value else _("no")
        elif isinstance(value, (list, tuple)):
            yield ", ".join(str(part) for part in value)
        elif isinstance(value, dict):
            yield json.dumps(value, ensure_ascii=False)
        else:
            yield value


def _csv_value(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (int, Decimal)):
        return str(value)
    return harmless(str(value))


def _json(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: to_json(part) for name, part in value.items()}
    return to_json(value)


def _printable(text: str) -> str:
    """Return text without the control characters that a workbook can't hold."""
    return "".join(character for character in text if character in "\t\n" or unicodedata.category(character) != "Cc")


def _sheet_name(record_type: RecordType) -> str:
    name = "".join(character for character in str(record_type.plural) if character not in "[]:*?/\\'")
    return capfirst(name)[:31] or "Export"


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode("utf-8", "replace")
