"""From a field and its value to what the pages show: writers for tables, cells for record pages, text for messages."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.records import access
from guanxi.records.declaration import RecordType, is_writable
from guanxi.records.fields import Field
from guanxi.records.registry import find_record_type
from guanxi.records.screens.places import figure_url, list_url, part_url, record_url
from guanxi.ui import formats, table_rows
from guanxi.ui.code_names import Codes, code_name
from guanxi.ui.parts import Cell, CellKind, Chip

NUMERIC = frozenset({"integer", "decimal", "money", "percent"})
PEOPLE = "user"
MAX_SHOWN = 160
_PLAIN: dict[str, CellKind] = {
    "text": "text", "long_text": "text", "email": "email", "phone": "phone", "url": "text", "integer": "number",
    "decimal": "number", "money": "money", "percent": "percent", "date": "date", "datetime": "datetime",
    "boolean": "boolean", "json": "text", "reference": "link", "choice": "tag", "choices": "tags", "tags": "tags",
}  # fmt: skip


def writer(
    record_type: RecordType, item: Field, actor: Actor, tags: Mapping[str, Chip] | None = None
) -> table_rows.Writer:
    """Return how a table writes the values of one field."""
    link = figure_url(item.figure) if item.figure else None
    if item.codes:
        return _code_writer(item.codes)
    if item.is_size:
        return _write_size
    if item.kind in ("choice", "choices"):
        return table_rows.chip_writer(chips_of(item), link)
    if item.kind == "tags":
        return table_rows.chip_writer(dict(tags or {}))
    if item.kind == "reference":
        target = find_record_type(item.reference)
        visible = target is not None and actor.may("view", item.reference)
        return table_rows.reference_writer(list_url(target) if target and visible else "", item.reference == PEOPLE)
    if item.kind in NUMERIC:
        tip = _("Open the rows behind this figure") if link else ""
        decimals = item.decimals if item.kind == "decimal" else None
        return table_rows.figure_writer(item.kind, decimals, link, tip)
    simple = {"email": table_rows.email_writer, "phone": table_rows.phone_writer, "url": table_rows.url_writer}
    if item.kind in simple:
        return simple[item.kind]
    made = {"boolean": table_rows.boolean_writer, "date": table_rows.date_writer, "datetime": table_rows.moment_writer}
    return made[item.kind]() if item.kind in made else table_rows.text_writer


def _code_writer(codes: Codes) -> table_rows.Writer:
    return lambda value, row_id: table_rows.text_writer(code_name(codes, str(value)), row_id)


def _write_size(value: Any, row_id: int) -> str:
    return formats.bytes_size(value)


def chips_of(item: Field) -> dict[str, Chip]:
    """Return the declared choices of a field as chips by value."""
    return {choice.value: chip_of(item, choice.value) for choice in item.choices}


def tag_chips(
    record_type: RecordType, columns: Sequence[Field], rows: Iterable[Mapping[str, Any]], actor: Actor
) -> dict[str, Chip]:
    """Return the chips of all tags in some rows by id; one query, none where no tag column is shown."""
    fields = [item for item in columns if item.kind == "tags"]
    ids = {number for row in rows for item in fields for number in row.get(item.name) or ()}
    target = find_record_type(fields[0].reference) if fields else None
    if not ids or target is None:
        return {}
    found = access.visible_to(actor, target).filter(pk__in=ids).values_list("pk", target.title, "color")
    return {str(pk): Chip(name, color or "gray") for pk, name, color in found}


def can_edit(record_type: RecordType, item: Field, actor: Actor) -> bool:
    """Say whether the field may be edited in place by this actor on records that it may edit."""
    may = record_type.editable and actor.may("edit", record_type.name)
    return may and is_writable(item) and actor.edits_field(record_type.name, item.name)


def cell_of(
    record_type: RecordType, item: Field, value: Any, record_id: int, *, edit: bool = False,
    tags: Mapping[str, Chip] | None = None,
) -> Cell:  # fmt: skip
    """Return one value as a cell of a record page, card or side panel.

    ``value`` is as ``listing`` reads it: references as ``{"id", "label"}``, money as ``{"amount", "currency"}``.
    """
    edit_url = part_url(record_type, record_id, f"field/{item.name}") if edit else ""
    figure = figure_url(item.figure) if item.figure else None
    url = f"{figure[0]}{record_id}{figure[1]}" if figure else ""
    if value is None or value == "" or value == []:
        return Cell("text", None, edit_url=edit_url)
    kind = _PLAIN[item.kind]
    if item.kind == "money" and isinstance(value, dict):
        return Cell("money", value["amount"], currency=value["currency"] or "", url=url, edit_url=edit_url)
    if item.kind == "money":
        return Cell("number", value, decimals=2, url=url, edit_url=edit_url)
    if item.kind == "percent":
        return Cell("percent", Decimal(value) / 100, url=url, edit_url=edit_url)
    if item.kind in ("choice", "choices", "tags"):
        return Cell(kind, None, chips=_chips(item, value, tags or {}), url=url, edit_url=edit_url)
    if item.kind == "reference":
        return _reference_cell(item, value, edit_url)
    decimals = item.decimals if item.kind == "decimal" else None
    if item.codes:
        return Cell("text", code_name(item.codes, str(value)), edit_url=edit_url)
    if item.is_size:
        return Cell("text", formats.bytes_size(value), edit_url=edit_url)
    shown = str(value) if item.kind in ("json", "text", "long_text", "url") else value
    wraps = item.kind == "long_text"
    return Cell(kind, shown, decimals=decimals, url=url, edit_url=edit_url, truncated=not wraps)


def is_late(item: Field, row: Mapping[str, Any]) -> bool:
    """Say whether a deadline has passed in a row that is not done; a row that doesn't show what ends it never is."""
    by, ends = item.kept_by or ("", frozenset())
    due = row.get(item.name)
    if due is None or by not in row or row[by] in ends:
        return False
    return bool(due < (timezone.now() if isinstance(due, datetime) else timezone.localdate()))


def chip_of(item: Field, value: str) -> Chip:
    """Return a stored choice of a field as a chip, with its declared colour."""
    choice = item.choice(value)
    return Chip(capfirst(item.choice_label(value)), choice.color if choice else "gray")


def _chips(item: Field, value: Any, tags: Mapping[str, Chip]) -> tuple[Chip, ...]:
    values = value if isinstance(value, (list, tuple)) else (value,)
    return tuple(_chip(item, str(part), tags) for part in values)


def _chip(item: Field, value: str, tags: Mapping[str, Chip]) -> Chip:
    if item.kind == "tags":
        return tags.get(value) or Chip(value)
    return chip_of(item, value)


def _reference_cell(item: Field, value: Any, edit_url: str) -> Cell:
    target = find_record_type(item.reference)
    if not isinstance(value, dict) or target is None or value["label"] is None:
        return Cell("text", "—", edit_url=edit_url, tone="quiet", tip=_("You may not see this record"))
    label = str(value["label"] or f"#{value['id']}")
    url = record_url(target, value["id"])
    return Cell("person" if item.reference == PEOPLE else "link", label, url=url, edit_url=edit_url)


def text_of(item: Field, value: Any, labels: Mapping[tuple[str, int], str] | None = None) -> str:
    """Return a stored or JSON value of a field as words, for history, chips and confirmations.

    ``labels`` gives the titles of referenced records by type and id.
    """
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, (list, tuple)):
        return ", ".join(text_of(item, part, labels) for part in value)
    if item.codes:
        return code_name(item.codes, str(value))
    if item.is_size:
        return formats.bytes_size(_number(value))
    if item.kind in ("choice", "choices"):
        return chip_of(item, str(value)).label
    if item.kind in ("reference", "tags"):
        return (labels or {}).get((item.reference, _number(value)), f"#{value}")
    if item.kind == "boolean":
        return _("yes") if value in (True, "true", "1") else _("no")
    if item.kind in ("date", "datetime"):
        return _date_text(value)
    if item.kind in ("money", "decimal", "percent", "integer"):
        return _number_text(value)
    return str(value) if len(str(value)) <= MAX_SHOWN else str(value)[: MAX_SHOWN - 1] + "…"


def _number(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return 0


def _number_text(value: Any) -> str:
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        return str(value)
    return formats.number(int(number) if number == number.to_integral_value() else number)


def _date_text(value: Any) -> str:
    if isinstance(value, datetime):
        return formats.moment(value)
    if isinstance(value, date):
        return formats.day(value)
    try:
        parsed = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError:
        return str(value)
    return formats.day(parsed) if len(str(value)) == 10 else formats.moment(parsed)


def reference_labels(
    record_type: RecordType, pairs: Iterable[tuple[str, Any]], actor: Actor
) -> dict[tuple[str, int], str]:
    """Return the titles of referenced records that the actor may see; one query per referenced type.

    ``pairs`` are field names with an id, a list of ids, or None.
    """
    found: list[tuple[Field, Any]] = []
    named: dict[str, Callable[[Actor, Collection[int]], Mapping[int, str]]] = {}
    for name, value in pairs:
        item = record_type.condition_field(name)
        added = record_type.added_filter(name)
        if added is not None and added.words is not None:
            named[added.field.reference] = added.words
        if item is not None:
            found.append((item, value))
    return labels_behind(found, actor, named)


def labels_behind(
    pairs: Iterable[tuple[Field, Any]], actor: Actor,
    named: Mapping[str, Callable[[Actor, Collection[int]], Mapping[int, str]]] | None = None,
) -> dict[tuple[str, int], str]:  # fmt: skip
    """Return the titles of records that values of any fields refer to; one query per referenced type.

    ``named`` gives the words of what is referred to but is no record type.
    """
    wanted: dict[str, set[int]] = {}
    for item, value in pairs:
        if item.kind not in ("reference", "tags"):
            continue
        values = value if isinstance(value, (list, tuple)) else (value,)
        wanted.setdefault(item.reference, set()).update(number for part in values if (number := _number(part)) > 0)
    labels: dict[tuple[str, int], str] = {}
    for type_name, ids in wanted.items():
        target = find_record_type(type_name)
        if target is None and named and type_name in named:
            labels.update({(type_name, pk): text for pk, text in named[type_name](actor, ids).items()})
        if target is None or not ids:
            continue
        rows = access.visible_to(actor, target).filter(pk__in=ids).values_list("pk", target.title)
        labels.update({(type_name, pk): str(title) for pk, title in rows})
    return labels
