"""The OpenAPI 3.1 description of the API, generated from the declarations."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language

from guanxi.records.api.bulk import MOST_ITEMS
from guanxi.records.api.describing import (
    AS_OF,
    IF_MATCH,
    KEY,
    SHORT,
    array_of,
    body_of,
    fields_parameter,
    id_parameter,
    object_of,
    operation,
    query,
)
from guanxi.records.api.schemas import Schema, pascal, past_schema, read_schema, write_schema
from guanxi.records.declaration import RecordType
from guanxi.records.grouping import GROUPABLE
from guanxi.records.listing import MAX_LIMIT
from guanxi.records.registry import api_parts, record_types
from guanxi.records.shaping.live import after_loading

PREFIX = "/api/v1"
_CAPTURED = re.compile(r"<\w+:(\w+)>")
_PROBLEM: Schema = {
    "type": "object", "required": ["type", "status", "code", "title"],
    "properties": {
        "type": {"type": "string"}, "status": {"type": "integer"}, "code": {"type": "string"},
        "title": {"type": "string"}, "version": {"type": "integer"},
        "errors": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
        "fields": {"type": "object", "additionalProperties": {
            "type": "object", "required": ["theirs", "mine"], "properties": {"theirs": {}, "mine": {}}}},
    },
}  # fmt: skip
_CHANGE: Schema = {
    "type": "object", "required": ["at", "verb", "via", "actor", "fields"],
    "properties": {
        "at": {"type": "string", "format": "date-time"}, "verb": {"type": "string"}, "via": {"type": "string"},
        "change_set": {"type": ["integer", "null"]},
        "actor": {"type": ["object", "null"], "required": ["id", "label"],
                  "properties": {"id": {"type": "integer"}, "label": {"type": ["string", "null"]}}},
        "fields": {"type": "object", "additionalProperties": {
            "type": "object", "required": ["old", "new"], "properties": {"old": {}, "new": {}}}},
    },
}  # fmt: skip
_RESULT: Schema = {
    "type": "object", "required": ["status"],
    "properties": {"status": {"type": "integer"}, "id": {"type": "integer"}, "version": {"type": "integer"},
                   "problem": {"$ref": "#/components/schemas/Problem"}},
}  # fmt: skip
_SESSION: Schema = {
    "type": "object", "required": ["user", "csrf_token"],
    "properties": {
        "csrf_token": {"type": "string"},
        "user": {"type": "object", "required": ["id", "name", "language", "time_zone"], "properties": {
            "id": {"type": "integer"}, "name": {"type": "string"}, "language": {"type": "string"},
            "time_zone": {"type": "string"}}},
    },
}  # fmt: skip


def document() -> dict[str, Any]:
    """Return the OpenAPI document of all record types, with titles in the language in force."""
    return _document(get_language() or "en")


@lru_cache(maxsize=8)
def _document(language: str) -> dict[str, Any]:
    paths: dict[str, Any] = {f"{PREFIX}/session": {"get": operation("session", "Who is signed in", _SESSION)}}
    schemas: dict[str, Any] = {"Problem": _PROBLEM, "Change": _CHANGE, "BulkResult": _RESULT}
    for part in api_parts():
        schemas.update(part.schemas)
    for record_type in record_types():
        name = pascal(record_type)
        schemas[name] = read_schema(record_type)
        schemas[f"{name}AsOf"] = past_schema(record_type)
        schemas[f"{name}Create"] = write_schema(record_type, partial=False)
        if record_type.editable:
            schemas[f"{name}Change"] = write_schema(record_type, partial=True)
        paths.update(_paths(record_type, name))
        paths[f"{PREFIX}/{record_type.path}/groups"] = {"get": _groups(record_type, name)}
        for part in api_parts():
            at = f"{PREFIX}/{record_type.path}/{{id}}/{_CAPTURED.sub(_named, part.path)}"
            item = part.describe(record_type)
            paths[at] = {**item, "parameters": [id_parameter(), *item.get("parameters", ())]}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Guanxi", "version": "1", "description": "Records, generated from their declarations."},
        "security": [{"session": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": "__Host-session"}},
        },
    }


after_loading(_document.cache_clear)


def _named(captured: re.Match[str]) -> str:
    return f"{{{captured[1]}}}"


def _paths(record_type: RecordType, name: str) -> dict[str, Any]:
    key, base = record_type.name, f"{PREFIX}/{record_type.path}"
    shown, one = {"$ref": f"#/components/schemas/{name}"}, [id_parameter()]
    listed = object_of(items={"type": "array", "items": shown}, next={"type": ["string", "null"]})
    amount = object_of(count={"type": "integer"}, exact={"type": "boolean"})
    changes = object_of(items=array_of("Change"), next={"type": ["string", "null"], "format": "date-time"})
    which = [query("filter"), query("f", {"type": "array", "items": {"type": "string"}}), query("q", SHORT)]
    which += [query("deleted", {"type": "boolean"}), AS_OF]
    fields = fields_parameter(record_type)
    limit = query("limit", {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT})
    page = [fields, query("sort"), query("after"), limit]
    create = operation(f"create_{key}", f"Create: {name}", shown, "201", [fields, KEY], body_of(f"{name}Create"))
    change = operation(f"change_{key}", f"Change: {name}", shown, "200", [fields, IF_MATCH], body_of(f"{name}Change"))
    then = {"anyOf": [shown, {"$ref": f"#/components/schemas/{name}AsOf"}]}
    read = operation(f"read_{key}", f"Read: {name}", then, "200", [fields, AS_OF])
    delete = operation(f"delete_{key}", f"Delete: {name}", None, "204", [fields])
    restore = operation(f"restore_{key}", f"Take out of the bin: {name}", shown, "200", [fields, KEY])
    older = [query("before", {"type": "string", "format": "date-time"}), limit]
    many = operation(
        f"write_many_{key}", f"Create and update many: {name}", object_of(results=array_of("BulkResult")), "200", [KEY],
        _bulk_body(name, record_type.editable),
    )  # fmt: skip
    collection = {"get": operation(f"list_{key}", f"List: {name}", listed, "200", [*which, *page])}
    paths: dict[str, Any] = {
        base: {**collection, "post": create} if record_type.creatable else collection,
        f"{base}/count": {"get": operation(f"count_{key}", f"Count: {name}", amount, "200", which)},
        f"{base}/bulk": {"post": many},
        f"{base}/{{id}}": {"parameters": one, "get": read, **({"patch": change} if record_type.editable else {})},
        f"{base}/{{id}}/history": {
            "parameters": one, "get": operation(f"history_{key}", f"History: {name}", changes, "200", older)
        },
    }  # fmt: skip
    if record_type.deletable:
        paths[f"{base}/{{id}}"]["delete"] = delete
        paths[f"{base}/{{id}}/restore"] = {"parameters": one, "post": restore}
    return paths


def _groups(record_type: RecordType, name: str) -> Schema:
    """Describe counts and sums by one field: sums stand under the names of their fields."""
    kinds = {item.name: item.kind for item in record_type.fields if item.filterable and item.expression is None}
    by = {"type": "string", "enum": [key for key, kind in kinds.items() if kind in GROUPABLE] or [""]}
    group = object_of(value={}, count={"type": "integer"})
    which = [query("filter"), query("f", {"type": "array", "items": {"type": "string"}}), query("q", SHORT)]
    asked = [
        {**query("by", by), "required": True},
        query("sum"),
        *which,
        query("deleted", {"type": "boolean"}),
        AS_OF,
    ]
    shown = object_of(groups={"type": "array", "items": group})
    return operation(f"group_{record_type.name}", f"Group: {name}", shown, "200", asked)


def _bulk_body(name: str, is_editable: bool) -> Schema:
    create = object_of(op={"const": "create"}, values={"$ref": f"#/components/schemas/{name}Create"})
    kinds = [create]
    if is_editable:
        values = {"$ref": f"#/components/schemas/{name}Change"}
        update = object_of(op={"const": "update"}, id={"type": "integer", "minimum": 1}, values=values)
        update["properties"]["version"] = {"type": ["integer", "null"]}
        kinds.append(update)
    items = {"type": "array", "minItems": 1, "maxItems": MOST_ITEMS, "items": {"oneOf": kinds}}
    schema = {**object_of(items=items), "additionalProperties": False}
    schema["properties"]["atomic"] = {"type": "boolean"}
    return {"required": True, "content": {"application/json": {"schema": schema}}}
