"""Reading comments and the colleagues who can be addressed in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from guanxi.core.actor import Actor
from guanxi.core.errors import NotAllowed, NotFound
from guanxi.core.names import fold, pinyin_keys
from guanxi.identity.actors import actor_of
from guanxi.identity.user.record_type import USER
from guanxi.records import access
from guanxi.records.declaration import RecordType
from guanxi.records.screens.sources import may_edit
from guanxi.work.comment.models import Comment
from guanxi.work.comment.rules import Person


def comments_of(record_type: RecordType, record_id: int, before: datetime, limit: int) -> list[Comment]:
    """Return the newest comments on a record that the caller has found visible, before an instant."""
    found = _living(record_type, record_id).filter(created_at__lt=before)
    return list(found.select_related("author").order_by("-created_at", "-pk")[:limit])


def page_of_comments(record_type: RecordType, record_id: int, before: int, limit: int) -> tuple[list[Comment], int]:
    """Return comments on a visible record, the newest first, and where the next page begins; 0 where there is none.

    ``before`` is the id before which the page begins; 0 for the newest.
    """
    found = _living(record_type, record_id).order_by("-pk")
    rows = list((found.filter(pk__lt=before) if before else found)[: limit + 1])
    return rows[:limit], rows[limit - 1].pk if len(rows) > limit else 0


def _living(record_type: RecordType, record_id: int) -> QuerySet[Comment]:
    return Comment.objects.filter(record_type=record_type.name, record_id=record_id, deleted_at=None)


def comment_of(record_type: RecordType, record_id: int, comment_id: int, *, deleted: bool = False) -> Comment:
    """Return one comment of a record that the caller has found visible; raises ``NotFound``."""
    found = Comment.objects.filter(
        pk=comment_id, record_type=record_type.name, record_id=record_id, deleted_at__isnull=not deleted
    ).first()
    if found is None:
        raise NotFound
    return found


def require_own(comment: Comment, actor: Actor, *, moderated: bool = False) -> None:
    """Refuse unless the comment is the actor's; administrators may take away others' where ``moderated`` is set."""
    if comment.author_id != actor.user_id and not (moderated and actor.is_administrator):
        raise NotAllowed


def colleagues(actor: Actor) -> list[Person]:
    """Return the active users whom the actor may see, by name."""
    if not actor.may("view", USER.name) or not actor.sees_field(USER.name, "name"):
        return []
    rows = access.visible_to(actor, USER).filter(is_active=True).order_by("name", "pk")
    return [Person(pk, name) for pk, name in rows.values_list("pk", "name")]


def matching(people: Sequence[Person], text: str, limit: int) -> list[Person]:
    """Return people whose name, pinyin or initials begin with ``text`` or have a word that does."""
    wanted = fold(text)
    if not wanted:
        return list(people[:limit])
    close = [person for person in people if _matches(person.name, wanted)]
    return close[:limit]


def _matches(name: str, wanted: str) -> bool:
    words = fold(name)
    pinyin, initials = pinyin_keys(name)
    keys = (words, pinyin, pinyin.replace(" ", ""), initials.replace(" ", ""))
    return any(key.startswith(wanted) or f" {wanted}" in f" {key}" for key in keys) or (
        not wanted.isascii() and wanted in words
    )


def sees(user_id: int, record_type: RecordType, record_id: int) -> bool:
    """Say whether a user may see a record, as a request of that user would find."""
    reader = actor_of(user_id)
    return reader is not None and may_edit(record_type, record_id, reader, "view")
