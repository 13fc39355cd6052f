"""The OpenAPI 3.1 description of the API, generated from the declarations."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language

from guanxi.records.api.bulk import MOST_ITEMS
from guanxi.records.api.schemas import Schema, pascal, past_schema, read_schema, write_schema
from guanxi.records.declaration import RecordType
from guanxi.records.grouping import GROUPABLE
from guanxi.records.listing import MAX_LIMIT
from guanxi.records.registry import record_types
from guanxi.records.shaping.live import after_loading

PREFIX = "/api/v1"
_REFUSALS = {
    "400": "The request could not be read.", "401": "Sign in first.", "403": "You may not do this.",
    "404": "There is no such record, or you may not see it.", "409": "Somebody changed the same fields meanwhile.",
    "413": "The body is too large.", "415": "The body isn't JSON.", "422": "Some values need correcting.",
    "429": "Too many requests.",
}  # fmt: skip
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
    paths: dict[str, Any] = {f"{PREFIX}/session": {"get": _operation("session", "Who is signed in", _SESSION)}}
    schemas: dict[str, Any] = {"Problem": _PROBLEM, "Change": _CHANGE, "BulkResult": _RESULT}
    for record_type in record_types():
        name = pascal(record_type)
        schemas[name] = read_schema(record_type)
        schemas[f"{name}AsOf"] = past_schema(record_type)
        schemas[f"{name}Create"] = write_schema(record_type, partial=False)
        if record_type.editable:
            schemas[f"{name}Change"] = write_schema(record_type, partial=True)
        paths.update(_paths(record_type, name))
        paths[f"{PREFIX}/{record_type.path}/groups"] = {"get": _groups(record_type, name)}
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


def _paths(record_type: RecordType, name: str) -> dict[str, Any]:
    key, base = record_type.name, f"{PREFIX}/{record_type.path}"
    shown, one = {"$ref": f"#/components/schemas/{name}"}, [_id_parameter()]
    listed = _object(items={"type": "array", "items": shown}, next={"type": ["string", "null"]})
    amount = _object(count={"type": "integer"}, exact={"type": "boolean"})
    changes = _object(items=_array("Change"), next={"type": ["string", "null"], "format": "date-time"})
    which = [_query("filter"), _query("f", {"type": "array", "items": {"type": "string"}}), _query("q", _SHORT)]
    which += [_query("deleted", {"type": "boolean"}), _AS_OF]
    fields = _fields(record_type)
    limit = _query("limit", {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT})
    page = [fields, _query("sort"), _query("after"), limit]
    create = _operation(f"create_{key}", f"Create: {name}", shown, "201", [fields, _KEY], _body(f"{name}Create"))
    change = _operation(f"change_{key}", f"Change: {name}", shown, "200", [fields, _IF_MATCH], _body(f"{name}Change"))
    then = {"anyOf": [shown, {"$ref": f"#/components/schemas/{name}AsOf"}]}
    read = _operation(f"read_{key}", f"Read: {name}", then, "200", [fields, _AS_OF])
    delete = _operation(f"delete_{key}", f"Delete: {name}", None, "204", [fields])
    restore = _operation(f"restore_{key}", f"Take out of the bin: {name}", shown, "200", [fields, _KEY])
    older = [_query("before", {"type": "string", "format": "date-time"}), limit]
    many = _operation(
        f"write_many_{key}", f"Create and update many: {name}", _object(results=_array("BulkResult")), "200", [_KEY],
        _bulk_body(name, record_type.editable),
    )  # fmt: skip
    collection = {"get": _operation(f"list_{key}", f"List: {name}", listed, "200", [*which, *page])}
    paths: dict[str, Any] = {
        base: {**collection, "post": create} if record_type.creatable else collection,
        f"{base}/count": {"get": _operation(f"count_{key}", f"Count: {name}", amount, "200", which)},
        f"{base}/bulk": {"post": many},
        f"{base}/{{id}}": {"parameters": one, "get": read, **({"patch": change} if record_type.editable else {})},
        f"{base}/{{id}}/history": {
            "parameters": one, "get": _operation(f"history_{key}", f"History: {name}", changes, "200", older)
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
    group = _object(value={}, count={"type": "integer"})
    which = [_query("filter"), _query("f", {"type": "array", "items": {"type": "string"}}), _query("q", _SHORT)]
    asked = [
        {**_query("by", by), "required": True},
        _query("sum"),
        *which,
        _query("deleted", {"type": "boolean"}),
        _AS_OF,
    ]
    shown = _object(groups={"type": "array", "items": group})
    return _operation(f"group_{record_type.name}", f"Group: {name}", shown, "200", asked)


_SHORT: Schema = {"type": "string", "maxLength": 200}
_AS_OF: Schema = {"name": "as_of", "in": "query", "schema": {"type": "string", "format": "date-time"}}
_KEY: Schema = {"name": "Idempotency-Key", "in": "header", "schema": _SHORT}
_IF_MATCH: Schema = {"name": "If-Match", "in": "header", "schema": {"type": "string", "pattern": r'^("\d{1,9}"|\*)$'}}


def _operation(
    key: str, summary: str, shown: Schema | None, status: str = "200", parameters: Iterable[Schema] = (),
    body: Schema | None = None,
) -> Schema:  # fmt: skip
    done: Schema = {"description": "Done."}
    if shown is not None:
        done["content"] = {"application/json": {"schema": shown}}
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    refusals = {code: {"description": text, "content": problem} for code, text in _REFUSALS.items()}
    operation: Schema = {"operationId": key, "summary": summary, "responses": {status: done, **refusals}}
    operation["parameters"] = list(parameters)
    if body is not None:
        operation["requestBody"] = body
    return operation


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "required": list(properties), "properties": properties}


def _array(name: str) -> Schema:
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}}


def _query(name: str, schema: Schema | None = None) -> Schema:
    return {"name": name, "in": "query", "schema": schema or {"type": "string"}}


def _fields(record_type: RecordType) -> Schema:
    names = {"type": "array", "items": {"enum": [item.name for item in record_type.fields]}}
    return {"name": "fields", "in": "query", "style": "form", "explode": False, "schema": names}


def _id_parameter() -> Schema:
    return {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}


def _body(name: str) -> Schema:
    schema = {"$ref": f"#/components/schemas/{name}"}
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _bulk_body(name: str, is_editable: bool) -> Schema:
    create = _object(op={"const": "create"}, values={"$ref": f"#/components/schemas/{name}Create"})
    kinds = [create]
    if is_editable:
        values = {"$ref": f"#/components/schemas/{name}Change"}
        update = _object(op={"const": "update"}, id={"type": "integer", "minimum": 1}, values=values)
        update["properties"]["version"] = {"type": ["integer", "null"]}
        kinds.append(update)
    items = {"type": "array", "minItems": 1, "maxItems": MOST_ITEMS, "items": {"oneOf": kinds}}
    schema = {**_object(items=items), "additionalProperties": False}
    schema["properties"]["atomic"] = {"type": "boolean"}
    return {"required": True, "content": {"application/json": {"schema": schema}}}
