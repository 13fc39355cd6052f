"""JSON schemas of the fields and records of a record type, as they are read and as they are written."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from guanxi.records.columns import has_label
from guanxi.records.declaration import RecordType, is_writable
from guanxi.records.fields import Field

Schema = dict[str, Any]
_UNIQUE = "No two records have the same value; records in the bin don't count."
_DECIMAL = {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}
_NUMBER = {"type": ["string", "number"]}
_ID = {"type": "integer", "minimum": 1}
_REFERENCE = {
    "type": "object", "additionalProperties": False, "required": ["id", "label"],
    "properties": {"id": _ID, "label": {"type": ["string", "null"]}},
}  # fmt: skip
_CURRENCY = {"type": ["string", "null"], "maxLength": 3}
_MONEY = {
    "type": "object", "additionalProperties": False, "required": ["amount", "currency"],
    "properties": {"amount": _DECIMAL, "currency": _CURRENCY},
}  # fmt: skip
_READ: dict[str, Schema] = {
    "integer": {"type": "integer"}, "decimal": _DECIMAL, "percent": _DECIMAL, "money": _DECIMAL,
    "date": {"type": "string", "format": "date"}, "datetime": {"type": "string", "format": "date-time"},
    "boolean": {"type": "boolean"}, "tags": {"type": "array", "items": _ID}, "reference": _ID, "json": {},
}  # fmt: skip


def pascal(record_type: RecordType) -> str:
    """Return the name of a record type as schemas are called: ``contact_point`` → ``ContactPoint``."""
    return "".join(part.capitalize() for part in record_type.name.split("_"))


def read_schema(record_type: RecordType) -> Schema:
    """Return the schema of a record as answers show it; which fields are there depends on what was asked for."""
    properties: Schema = {"id": _ID, "version": {"type": "integer", "readOnly": True}}
    for item in record_type.fields:
        shown = {**_shown(record_type, item), "title": str(item.label), **_told(item)}
        properties[item.name] = shown if is_writable(item) else {**shown, "readOnly": True}
    return {"type": "object", "additionalProperties": False, "required": ["id"], "properties": properties}


def past_schema(record_type: RecordType) -> Schema:
    """Return the schema of a record as of an instant: its values may be ones that today's rules wouldn't take."""
    states = {"type": "string", "enum": ["there", "deleted", "not_yet"]}
    properties: Schema = {item.name: {"title": str(item.label)} for item in record_type.fields}
    known = {"id": _ID, "as_of": {"type": "string", "format": "date-time"}, "state": states}
    return {
        "type": "object", "additionalProperties": False, "required": ["id", "as_of", "state"],
        "properties": {**properties, **known},
    }  # fmt: skip


def write_schema(record_type: RecordType, *, partial: bool) -> Schema:
    """Return the schema of a body that creates a record, or with ``partial`` one that changes it."""
    writable = [item for item in record_type.fields if is_writable(item)]
    schema: Schema = {
        "type": "object", "additionalProperties": False,
        "properties": {
            item.name: {**_written(record_type, item), "title": str(item.label), **_told(item)} for item in writable
        },
    }  # fmt: skip
    required = [item.name for item in writable if item.required]
    if required and not partial:
        schema["required"] = required
    return schema


def _told(item: Field) -> Schema:
    """Say of a unique field that it is one."""
    return {"description": _UNIQUE, "x-unique": True} if item.unique else {}


def _column(record_type: RecordType, item: Field) -> models.Field[Any, Any] | None:
    try:
        found = record_type.model._meta.get_field(item.path or item.name)
    except FieldDoesNotExist:
        return None
    return found if isinstance(found, models.Field) and item.expression is None else None


def _shown(record_type: RecordType, item: Field) -> Schema:
    column = _column(record_type, item)
    if has_label(item):
        schema = _REFERENCE
    elif item.kind == "money" and item.currency:
        schema = _MONEY
    elif item.kind in ("choice", "choices"):
        schema = _chosen(item, [""] if column is None or column.blank else [])
    else:
        schema = _READ.get(item.kind, {"type": "string"})
    return schema if column is not None and not column.null else _or_null(schema)


def _chosen(item: Field, besides: list[str]) -> Schema:
    values = [int(choice.value) if item.is_numbered else choice.value for choice in item.choices]
    if item.kind == "choices":
        return {"type": "array", "items": {"enum": values}}
    return {"enum": [*values, *besides]}


def _or_null(schema: Schema) -> Schema:
    if "enum" in schema:
        return {"enum": [*schema["enum"], None]}
    if isinstance(schema.get("type"), str):
        return {**schema, "type": [schema["type"], "null"]}
    return schema if not schema else {"anyOf": [schema, {"type": "null"}]}


def _written(record_type: RecordType, item: Field) -> Schema:
    schema: Schema
    if item.kind == "reference":
        schema = {"anyOf": [_ID, {**_REFERENCE, "required": ["id"]}]}
    elif item.kind in ("decimal", "percent"):
        schema = _NUMBER
    elif item.kind == "money":
        amount = {**_MONEY, "required": ["amount"], "properties": {"amount": _NUMBER, "currency": _CURRENCY}}
        schema = {"anyOf": [_NUMBER, amount]} if item.currency else _NUMBER
    elif item.kind in ("choice", "choices"):
        schema = _chosen(item, [])
    else:
        schema = _READ.get(item.kind, {"type": "string"})
        if item.max_length and schema["type"] == "string":
            schema = {**schema, "maxLength": item.max_length}
    return schema if item.required else _or_null(schema)
