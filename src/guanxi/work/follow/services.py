"""Beginning and ending to follow."""

from __future__ import annotations

from guanxi.core.actor import Actor
from guanxi.core.errors import NotAllowed
from guanxi.records import access
from guanxi.records.declaration import RecordType
from guanxi.work.follow.models import Follow


def set_following(record_type: RecordType, record_id: int, is_on: bool, *, actor: Actor) -> None:
    """Follow a record, or stop. Raises ``NotFound`` for one that the actor may not see."""
    if actor.user_id is None:
        raise NotAllowed
    access.get_visible(actor, record_type, record_id)
    Follow.objects.update_or_create(
        user_id=actor.user_id, record_type=record_type.name, record_id=record_id, defaults={"is_on": is_on}
    )


def begin_following(type_name: str, record_id: int, user_ids: set[int]) -> None:
    """Let users follow a record from now on, unless they have said themselves whether they want to."""
    Follow.objects.bulk_create(
        [Follow(user_id=pk, record_type=type_name, record_id=record_id) for pk in sorted(user_ids)],
        ignore_conflicts=True,
    )
