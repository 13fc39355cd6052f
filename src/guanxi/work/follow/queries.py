"""Who follows a record, and whether somebody does."""

from __future__ import annotations

from typing import Any

from django.db.models import Subquery

from guanxi.records.declaration import RecordType
from guanxi.records.writing import type_field
from guanxi.work.follow.models import Follow


def is_following(record_type: RecordType, record_id: int, user_id: int) -> bool:
    """Say whether a user follows a record that the caller has found visible: as said, else as its owner."""
    said = Follow.objects.filter(user_id=user_id, record_type=record_type.name, record_id=record_id).values("is_on")
    if record_type.get("owner") is None:
        return any(said.values_list("is_on", flat=True))
    rows: Any = record_type.model._default_manager.filter(pk=record_id)
    owner = type_field(record_type, "owner")
    found = rows.annotate(said=Subquery(said)).values_list("said", owner).first()
    return found is not None and (found[1] == user_id if found[0] is None else found[0])


def followers_of(record_type: RecordType, record_id: int) -> set[int]:
    """Return the ids of the users who follow a record; whether each may see it is the reader's question."""
    said = dict(
        Follow.objects.filter(record_type=record_type.name, record_id=record_id).values_list("user_id", "is_on")
    )
    owner = owner_of(record_type, record_id)
    followers = {user_id for user_id, is_on in said.items() if is_on}
    return followers | ({owner} if owner is not None and owner not in said else set())


def owner_of(record_type: RecordType, record_id: int) -> int | None:
    """Return the id of a record's owner; None where it has none or its type knows no owners."""
    if record_type.get("owner") is None:
        return None
    rows: Any = record_type.model._default_manager.filter(pk=record_id)
    found: int | None = rows.values_list(type_field(record_type, "owner"), flat=True).first()
    return found
