"""The pieces of which the OpenAPI description of the API is put together, for records and for what features add."""

from __future__ import annotations

from collections.abc import Iterable

from guanxi.records.api.schemas import Schema
from guanxi.records.declaration import RecordType

_REFUSALS = {
    "400": "The request could not be read.", "401": "Sign in first.", "403": "You may not do this.",
    "404": "There is no such record, or you may not see it.", "409": "Somebody changed the same fields meanwhile.",
    "413": "The body is too large.", "415": "The body isn't JSON.", "422": "Some values need correcting.",
    "429": "Too many requests.",
}  # fmt: skip
SHORT: Schema = {"type": "string", "maxLength": 200}
AS_OF: Schema = {"name": "as_of", "in": "query", "schema": {"type": "string", "format": "date-time"}}
KEY: Schema = {"name": "Idempotency-Key", "in": "header", "schema": SHORT}
IF_MATCH: Schema = {"name": "If-Match", "in": "header", "schema": {"type": "string", "pattern": r'^("\d{1,9}"|\*)$'}}


def operation(
    key: str, summary: str, shown: Schema | None, status: str = "200", parameters: Iterable[Schema] = (),
    body: Schema | None = None,
) -> Schema:  # fmt: skip
    """Return one operation: its answer when done, its parameters and body, and the refusals that all share."""
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


def object_of(**properties: Schema) -> Schema:
    """Return the schema of an object that has all of these properties."""
    return {"type": "object", "required": list(properties), "properties": properties}


def array_of(name: str) -> Schema:
    """Return the schema of a list of what the components call ``name``."""
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}}


def query(name: str, schema: Schema | None = None) -> Schema:
    """Return a parameter of the query; text unless ``schema`` says otherwise."""
    return {"name": name, "in": "query", "schema": schema or {"type": "string"}}


def fields_parameter(record_type: RecordType) -> Schema:
    """Return the parameter that names the fields to answer."""
    names = {"type": "array", "items": {"enum": [item.name for item in record_type.fields]}}
    return {"name": "fields", "in": "query", "style": "form", "explode": False, "schema": names}


def id_parameter() -> Schema:
    """Return the id of a record in an address."""
    return {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}


def body_of(name: str) -> Schema:
    """Return a body that is what the components call ``name``."""
    schema = {"$ref": f"#/components/schemas/{name}"}
    return {"required": True, "content": {"application/json": {"schema": schema}}}
