"""What a bulk dialog asks for, done: the rows that were agreed to, and no others."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.core.errors import Invalid
from guanxi.records.bulk import BulkResult, bulk_fields, change_many, delete_many, selected
from guanxi.records.declaration import RecordType
from guanxi.records.fields import Field
from guanxi.records.screens.forms import MANY_VALUED
from guanxi.records.screens.selection import Chosen, read_token
from guanxi.records.titles import bulk_title
from guanxi.records.values import parse_value
from guanxi.ui import formats


def act(record_type: RecordType, actor: Actor, verb: str, posted: QueryDict) -> BulkResult:
    """Change or delete (``verb``) the rows of a sent dialog in one transaction.

    Raises ``Invalid`` for values that don't fit, or when “all that match” has become another number since the question.
    """
    chosen, agreed = read_token(record_type, actor, posted.get("selection", ""))
    same_number(record_type, actor, chosen, agreed, verb)
    if verb == "delete":
        return delete_many(record_type, chosen.selection(record_type, actor), actor)
    item, value, mode = asked_change(record_type, actor, posted)
    return change_many(record_type, chosen.selection(record_type, actor), actor, item.name, value, mode=mode)


def asked_change(record_type: RecordType, actor: Actor, posted: QueryDict) -> tuple[Field, Any, str]:
    """Return field, typed value and mode of a sent dialog; raises ``Invalid``."""
    item = _field(record_type, actor, posted.get("field", ""))
    value, mode = _value(item, posted, actor.time_zone), posted.get("mode", "set")
    if value in (None, "", []) and mode == "set" and _must_have_value(record_type, item):
        raise Invalid({item.name: [_("Enter %(field)s.") % {"field": item.label}]})
    return item, value, mode


def same_number(record_type: RecordType, actor: Actor, chosen: Chosen, agreed: int, verb: str) -> None:
    """Refuse with ``Invalid`` when “all that match” has become another number since the question."""
    if chosen.where is None:
        return
    now = selected(record_type, chosen.selection(record_type, actor), actor, verb).count()
    if now != agreed:
        words = {"now": formats.number(now), "before": formats.number(agreed)}
        raise Invalid({"": [_("Meanwhile %(now)s records match instead of %(before)s. Confirm again.") % words]})


def _must_have_value(record_type: RecordType, item: Field) -> bool:
    """Say whether a picklist of the model knows no “none”, also where a new record begins with a value of its own."""
    if item.kind != "choice" or item.required:
        return item.required
    column = next((field for field in record_type.model._meta.concrete_fields if field.name == item.name), None)
    return column is not None and not column.blank


def _field(record_type: RecordType, actor: Actor, name: str) -> Field:
    item = record_type.get(name)
    if item is None or item not in bulk_fields(record_type, actor):
        raise Invalid({"": [_("You may not change this field.")]})
    return item


def _value(item: Field, posted: QueryDict, time_zone: str) -> Any:
    raw: Any = posted.getlist("value") if item.kind in MANY_VALUED else posted.get("value", "")
    try:
        value = parse_value(item, raw, time_zone=time_zone)
    except ValueError as refusal:
        raise Invalid({item.name: [str(refusal)]}) from refusal
    if item.kind in MANY_VALUED and not value and posted.get("mode", "set") != "set":
        raise Invalid({item.name: [_("Choose at least one value.")]})
    return value


def words_of(record_type: RecordType, verb: str, posted: QueryDict, changed: int) -> str:
    """Return what was done: “Changed Owner of 37 customers”."""
    item = record_type.get(posted.get("field", ""))
    return bulk_title(verb, record_type, changed, item.title() if item else "")
