"""What the OpenAPI description says about comments."""

from __future__ import annotations

from guanxi.records.api.describing import IF_MATCH, KEY, array_of, body_of, object_of, operation, query
from guanxi.records.api.schemas import Schema
from guanxi.records.declaration import RecordType
from guanxi.records.listing import MAX_LIMIT
from guanxi.work.comment.rules import MAX_LENGTH

_ID: Schema = {"type": "integer", "minimum": 1}
_PERSON = object_of(id=_ID, label={"type": ["string", "null"]})
_AT: Schema = {"type": "string", "format": "date-time"}
SCHEMAS: dict[str, Schema] = {
    "RecordComment": object_of(
        id=_ID, version=_ID, body={"type": "string"}, author=_PERSON, mentions={"type": "array", "items": _PERSON},
        created_at=_AT, edited_at={**_AT, "type": ["string", "null"]},
    ),
    "RecordCommentText": {
        "type": "object", "additionalProperties": False, "required": ["body"],
        "properties": {
            "body": {"type": "string", "minLength": 1, "maxLength": MAX_LENGTH},
            "mentions": {"type": "array", "maxItems": 100, "items": _ID,
                         "description": "Whom @Name means where several bear the name."},
            "anyway": {"type": "boolean", "description": "Post also where somebody addressed can't see the record."},
        },
    },
}  # fmt: skip
_SHOWN: Schema = {"$ref": "#/components/schemas/RecordComment"}
_WHICH: Schema = {"parameters": [{"name": "comment_id", "in": "path", "required": True, "schema": _ID}]}


def describe_all(record_type: RecordType) -> Schema:
    """Describe reading and adding comments."""
    page = [query("before", _ID), query("limit", {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT})]
    listed = object_of(items=array_of("RecordComment"), next={"type": ["integer", "null"]})
    name, body = record_type.name, body_of("RecordCommentText")
    return {
        "get": operation(f"list_comments_{name}", "Comments, the newest first", listed, "200", page),
        "post": operation(f"add_comment_{name}", "Comment on the record", _SHOWN, "201", [KEY], body),
    }


def describe_one(record_type: RecordType) -> Schema:
    """Describe one comment: reading it, changing it, taking it away."""
    name, body = record_type.name, body_of("RecordCommentText")
    return {
        **_WHICH,
        "get": operation(f"read_comment_{name}", "One comment", _SHOWN),
        "patch": operation(f"change_comment_{name}", "Change one's own comment", _SHOWN, "200", [IF_MATCH], body),
        "delete": operation(f"delete_comment_{name}", "Take a comment away", None, "204"),
    }


def describe_restore(record_type: RecordType) -> Schema:
    """Describe bringing a comment back."""
    key = f"restore_comment_{record_type.name}"
    return {**_WHICH, "post": operation(key, "Bring a comment back", _SHOWN, "200", [KEY])}
