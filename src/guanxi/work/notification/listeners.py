"""From changes to notifications, after the commit of what happened."""

from __future__ import annotations

from typing import Any

from guanxi.records.changes import listen, watch
from guanxi.records.declaration import RecordType
from guanxi.records.models import BulkJob, Change, ChangeSet, ImportJob
from guanxi.records.registry import find_record_type
from guanxi.work.comment.models import Comment
from guanxi.work.comment.queries import sees
from guanxi.work.follow.queries import followers_of
from guanxi.work.follow.services import begin_following
from guanxi.work.note.models import Note
from guanxi.work.notification.jobs import BULK, IMPORT
from guanxi.work.notification.rules import ASSIGNED, CHANGED, COMMENT, JOB, MENTION
from guanxi.work.notification.services import tell, tell_of_set

_SILENT_WAYS = frozenset({"import", "job", "system"})
_TOLD_SETS = frozenset({"bulk_edit", "bulk_undo", "taken_back"})


def hear(change: Change) -> None:
    """Tell those concerned of one change that a person made; imports and the program itself tell nobody."""
    if change.actor_id is None or change.via in _SILENT_WAYS:
        return
    if change.record_type == "comment":
        _of_comment(change)
        return
    record_type = find_record_type(change.record_type)
    if record_type is None:
        return
    if change.verb == "created":
        _of_new(record_type, change)
    elif change.fields:
        _of_change(record_type, change)


def hear_set(type_name: str, change_set_id: int) -> None:
    """Tell followers and owners of a bulk edit; bulk deletions leave nothing to look at."""
    record_type = find_record_type(type_name)
    change_set = ChangeSet.objects.filter(pk=change_set_id).first()
    if record_type is not None and change_set is not None and change_set.kind in _TOLD_SETS:
        tell_of_set(record_type, change_set_id, change_set.actor_id)


def _of_comment(change: Change) -> None:
    comment = Comment.objects.filter(pk=change.record_id, deleted_at=None).first()
    record_type = find_record_type(comment.record_type) if comment is not None else None
    if comment is None or record_type is None or change.verb not in ("created", "changed"):
        return
    known = set((change.fields.get("mentions") or [None])[0] or [])
    fresh = {pk for pk, _name in comment.mentions if pk not in known} if "mentions" in change.fields else set()
    mentioned = {pk for pk in fresh if sees(pk, record_type, comment.record_id)}
    events = dict.fromkeys(mentioned, MENTION)
    if change.verb == "created":
        others = followers_of(record_type, comment.record_id)
        events = {**dict.fromkeys(others, COMMENT), **events}
    tell(
        events, record_type=comment.record_type, record_id=comment.record_id, actor_id=change.actor_id,
        source=f"comment:{comment.pk}",
    )  # fmt: skip
    begin_following(comment.record_type, comment.record_id, mentioned | {comment.author_id})


def _of_new(record_type: RecordType, change: Change) -> None:
    owner = _new_value(change, "owner")
    if owner is not None and owner != change.actor_id:
        _tell(change, {owner: ASSIGNED})
    if owner != change.actor_id and change.actor_id is not None:
        begin_following(record_type.name, change.record_id, {change.actor_id})
    if record_type.name == "note":
        _of_note(change)


def _of_note(change: Change) -> None:
    note: Any = Note._default_manager.filter(pk=change.record_id).first()
    about = find_record_type("customer")
    if note is not None and about is not None:
        followers = dict.fromkeys(followers_of(about, note.customer_id), COMMENT)
        tell(
            followers, record_type=about.name, record_id=note.customer_id, actor_id=change.actor_id,
            source=f"note:{note.pk}",
        )  # fmt: skip


def _of_change(record_type: RecordType, change: Change) -> None:
    events = dict.fromkeys(followers_of(record_type, change.record_id), CHANGED)
    owner = _new_value(change, "owner")
    if owner is not None:
        events[owner] = ASSIGNED
    _tell(change, events)


def _tell(change: Change, events: dict[int, str]) -> None:
    tell(
        events, record_type=change.record_type, record_id=change.record_id, actor_id=change.actor_id,
        source=f"change:{change.pk}", fields=sorted(change.fields) if change.verb != "created" else (),
    )  # fmt: skip


def _new_value(change: Change, name: str) -> int | None:
    pair = change.fields.get(name)
    return int(pair[1]) if pair and pair[1] is not None else None


@listen(IMPORT)
def hear_import(change: Change) -> None:
    """Tell the one who had a file loaded, or the load taken back, how it ended."""
    job = ImportJob._default_manager.filter(pk=change.record_id).first()
    if job is not None:
        undoing = job.options.get("undone_by") if change.verb != "finished" else None
        _tell_of_end(change, undoing or job.owner_id)


@listen(BULK)
def hear_bulk(change: Change) -> None:
    """Tell the one who had many records changed in the background how it ended."""
    job = BulkJob.objects.filter(pk=change.record_id).first()
    if job is not None:
        _tell_of_end(change, job.actor_id)


def _tell_of_end(change: Change, user_id: int | None) -> None:
    """Tell a user of an end, as news from the program; what the system itself began is nobody's news."""
    if user_id:
        tell({user_id: JOB}, record_type=change.record_type, record_id=change.record_id, actor_id=None,
             source=f"change:{change.pk}")  # fmt: skip


watch(hear, hear_set)
