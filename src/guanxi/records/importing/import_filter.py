"""Lets every list of importable records be filtered by the import that made or changed them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.core.actor import Actor
from guanxi.records import registry
from guanxi.records.declaration import AddedFilter, RecordType
from guanxi.records.fields import Field
from guanxi.records.filters import Context
from guanxi.records.importing.sight import visible_imports
from guanxi.records.models import Change

NAME = "import"


def _in_import(record_type: RecordType, context: Context, op: str, value: Any) -> Q:
    """Return the condition for records made or changed by the named imports, which the actor must be able to see."""
    values = value if isinstance(value, (list, tuple)) else [value]
    if op not in ("in", "not_in") or not values or len(values) > 20:
        raise ValueError(_("Choose at least one value."))
    numbers = {_number(raw) for raw in values}
    sets = dict(visible_imports(context.actor).filter(pk__in=numbers).values_list("pk", "change_set_id"))
    if len(sets) < len(numbers):
        raise ValueError(_("There is no such import."))
    known = [number for number in sets.values() if number is not None]
    rows = Change._default_manager.filter(record_type=record_type.name, change_set_id__in=known)
    condition = Q(pk__in=rows.values("record_id"))
    return condition if op == "in" else ~condition


def _number(raw: Any) -> int:
    text = str(raw)
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise ValueError(_("There is no such import."))
    return int(text)


def _file_names(actor: Actor, ids: Collection[int]) -> dict[int, str]:
    return dict(visible_imports(actor).filter(pk__in=ids).values_list("pk", "file_name"))


def offer(record_type: RecordType) -> None:
    """Add the filter to a record type that can be imported."""
    if not record_type.importable or record_type.get(NAME) is not None:
        return

    def condition(context: Context, op: str, value: Any) -> Q:
        return _in_import(record_type, context, op, value)

    item = Field(NAME, label=gettext_lazy("import"), kind="reference", reference="import_job")
    registry.add_filter(record_type.name, AddedFilter(item, condition, words=_file_names, is_offered=False))


registry.for_every_type(offer)
