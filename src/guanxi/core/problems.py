"""Refusals as problem details (RFC 9457), for programs."""

from __future__ import annotations

from typing import Any

from guanxi.core.errors import Conflict, DomainError, Invalid

MEDIA_TYPE = "application/problem+json"


def problem(error: DomainError) -> dict[str, Any]:
    """Return a refusal as problem details, in the language in force."""
    body: dict[str, Any] = {"type": "about:blank", "status": error.status, "code": error.code, "title": str(error)}
    if isinstance(error, Invalid):
        body["title"], body["errors"] = str(error.sentence), error.errors
    if isinstance(error, Conflict):
        body["version"] = error.version
        body["fields"] = {name: {"theirs": pair[0], "mine": pair[1]} for name, pair in error.fields.items()}
    return body
