"""Writing comments: permission by the record, one row of history, all in one transaction."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.core.errors import Conflict, Invalid, NotAllowed
from guanxi.records import access
from guanxi.records.changes import record_change
from guanxi.records.declaration import RecordType
from guanxi.work.comment.errors import Unseen
from guanxi.work.comment.models import Comment
from guanxi.work.comment.queries import colleagues, comment_of, require_own, sees
from guanxi.work.comment.rules import MAX_LENGTH, clean_text, find_mentions


def add_comment(
    record_type: RecordType, record_id: int, text: str, *, actor: Actor, chosen: Collection[int] = (),
    told_anyway: bool = False,
) -> Comment:  # fmt: skip
    """Post a comment on a record; whoever may see the record may comment on it.

    ``chosen`` are the ids of people picked from the list, which tell two of one name apart. Colleagues addressed who
    may not see the record are never told; unless ``told_anyway`` they are asked about first. Raises ``NotFound``,
    ``NotAllowed`` for who is no user, ``Invalid``, ``Unseen``.
    """
    if actor.user_id is None:
        raise NotAllowed
    with transaction.atomic():
        access.get_visible(actor, record_type, record_id)
        body = _checked(text)
        mentions = _mentions(record_type, record_id, body, actor, chosen, told_anyway)
        comment = Comment.objects.create(
            record_type=record_type.name, record_id=record_id, body=body, author_id=actor.user_id, mentions=mentions
        )
        record_change(actor, "comment", comment.pk, "created", {
            "record_type": (None, record_type.name), "record_id": (None, record_id), "body": (None, body),
            **({"mentions": (None, [pk for pk, _name in mentions])} if mentions else {}),
        })  # fmt: skip
    return comment


def edit_comment(
    record_type: RecordType, record_id: int, comment_id: int, text: str, *, actor: Actor, version: int | None,
    chosen: Collection[int] = (), told_anyway: bool = False,
) -> Comment:  # fmt: skip
    """Change the text of one's own comment; those newly addressed are told.

    ``version`` is the one that was read; None takes any. Raises ``NotFound``, ``NotAllowed``, ``Invalid``, ``Unseen``,
    and ``Conflict`` when it was changed in another window meanwhile.
    """
    with transaction.atomic():
        comment = _locked(record_type, record_id, comment_id, actor)
        require_own(comment, actor)
        body = _checked(text)
        if body == comment.body:
            return comment
        if version not in (None, comment.version):
            raise Conflict({"body": (comment.body, body)}, comment.version)
        mentions = _mentions(record_type, record_id, body, actor, chosen, told_anyway, before=comment.mentions)
        changed: dict[str, tuple[Any, Any]] = {"body": (comment.body, body)}
        if mentions != comment.mentions:
            changed["mentions"] = tuple([pk for pk, _name in side] for side in (comment.mentions, mentions))  # type: ignore[assignment]
        comment.body, comment.mentions, comment.edited_at = body, mentions, datetime.now(UTC)
        comment.version += 1
        comment.save(update_fields=["body", "mentions", "edited_at", "version", "updated_at"])
        record_change(actor, "comment", comment.pk, "changed", changed)
    return comment


def delete_comment(record_type: RecordType, record_id: int, comment_id: int, *, actor: Actor) -> None:
    """Take one's own comment away, from where it can come back; administrators may take away anybody's."""
    with transaction.atomic():
        comment = _locked(record_type, record_id, comment_id, actor)
        require_own(comment, actor, moderated=True)
        _set_deleted(comment, datetime.now(UTC), "deleted", actor)


def restore_comment(record_type: RecordType, record_id: int, comment_id: int, *, actor: Actor) -> None:
    """Bring a deleted comment back."""
    with transaction.atomic():
        comment = _locked(record_type, record_id, comment_id, actor, deleted=True)
        require_own(comment, actor, moderated=True)
        _set_deleted(comment, None, "restored", actor)


def _locked(
    record_type: RecordType, record_id: int, comment_id: int, actor: Actor, *, deleted: bool = False
) -> Comment:
    access.get_visible(actor, record_type, record_id)
    comment = comment_of(record_type, record_id, comment_id, deleted=deleted)
    return Comment.objects.select_for_update().get(pk=comment.pk)


def _set_deleted(comment: Comment, at: datetime | None, verb: str, actor: Actor) -> None:
    comment.deleted_at = at
    comment.version += 1
    comment.save(update_fields=["deleted_at", "version", "updated_at"])
    record_change(actor, "comment", comment.pk, verb, {})


def _checked(text: str) -> str:
    body = clean_text(text)
    if not body:
        raise Invalid({"body": [_("Write something first.")]})
    if len(body) > MAX_LENGTH:
        sentence = _("This is longer than %(limit)s characters. Shorten it, or attach it as a file.")
        raise Invalid({"body": [sentence % {"limit": MAX_LENGTH}]})
    return body


def _mentions(
    record_type: RecordType, record_id: int, body: str, actor: Actor, chosen: Collection[int], told_anyway: bool,
    before: Collection[Any] = (),
) -> list[list[Any]]:  # fmt: skip
    """Return who is addressed; raises ``Unseen`` when one of the newly addressed may not see the record."""
    if "@" not in body and "＠" not in body:
        return []
    known = {pk for pk, _name in before}
    found = find_mentions(body, colleagues(actor), {*chosen, *known})
    unseen = [person for person in found if person.id not in known and not sees(person.id, record_type, record_id)]
    if unseen and not told_anyway:
        raise Unseen(unseen)
    return [[person.id, person.name] for person in found]
