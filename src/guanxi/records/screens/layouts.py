"""In which layouts a record type can be shown, as its fields allow: a board by a choice, a calendar by a date."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from guanxi.core.actor import Actor
from guanxi.core.errors import Invalid
from guanxi.records.declaration import RecordType
from guanxi.records.fields import Field

LAYOUT_WORDS = {
    "": gettext_lazy("Show as list"), "board": gettext_lazy("Show as board"),
    "calendar": gettext_lazy("Show as calendar"), "timeline": gettext_lazy("Show as timeline"),
}  # fmt: skip
MAX_COLUMNS = 40


def board_fields(record_type: RecordType, actor: Actor) -> list[Field]:
    """Return the choice fields that may make the columns of a board, the declared one first."""
    fields = [
        item for item in record_type.visible_fields(actor)
        if item.kind == "choice" and item.filterable and 1 < len(item.choices) <= MAX_COLUMNS
    ]  # fmt: skip
    return sorted(fields, key=lambda item: (item.name != record_type.board, not item.editable, item.is_derived))


def date_fields(record_type: RecordType, actor: Actor) -> list[Field]:
    """Return the dates by which records stand in a calendar: deadlines first, then dates that people enter."""
    fields = [
        item for item in record_type.visible_fields(actor)
        if item.kind in ("date", "datetime") and item.filterable and item.expression is None
    ]  # fmt: skip
    return sorted(fields, key=lambda item: (item.kept_by is None, not item.editable, item.is_derived))


def chosen_field(fields: list[Field], name: str) -> Field:
    """Return the field that a look names, or the first one; raises ``Invalid`` for a name that doesn't fit."""
    found = next((item for item in fields if item.name == name), None) if name else next(iter(fields), None)
    if found is None:
        raise Invalid({"by": [gettext_lazy("These records can't be shown so.")]})
    return found
