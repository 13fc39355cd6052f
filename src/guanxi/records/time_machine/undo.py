"""Taking back what somebody did: a change set of any kind, or one change of one record; who may, and until when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy, pgettext_lazy

from guanxi.core.actor import Actor
from guanxi.core.errors import DomainError, NotFound, type_text
from guanxi.records import access
from guanxi.records.models import Change, ChangeSet
from guanxi.records.registry import find_record_type
from guanxi.records.time_machine.marking import Source
from guanxi.records.time_machine.providers import (
    AlreadyUndone,
    Preview,
    Undone,
    UndoProvider,
    add_undo_provider,
    undo_provider,
)
from guanxi.records.time_machine.restoring import TAKEN_BACK, preview_changes, restore_changes
from guanxi.records.time_machine.stored import stored_fields
from guanxi.records.titles import undo_title
from guanxi.records.undoing import UNDO_FOR, TooOld

UNDOABLE_VERBS = ("created", "changed", "deleted", "restored", "undone")


class NeverUndone(DomainError):
    """This kind of change can't be taken back."""

    code = "not_undoable"
    status = 409
    sentence = gettext_lazy("This kind of change can't be undone.")


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether something can be taken back: until when, or the sentence that says why not."""

    until: datetime | None = None
    refusal: type_text = ""


def find_change_set(actor: Actor, change_set_id: int, *, lock: bool = False) -> ChangeSet:
    """Return a change set of the actor, or any for administrators; raises ``NotFound``."""
    rows = ChangeSet.objects.select_for_update(of=("self",)) if lock else ChangeSet.objects.all()
    found = rows.filter(pk=change_set_id).first()
    if found is None or not _may_undo(actor, found.actor_id):
        raise NotFound
    return found


def find_change(actor: Actor, change_id: int) -> Change:
    """Return one change of one record that the actor made and still sees, or any for administrators."""
    found = Change.objects.filter(pk=change_id, change_set_id=None).first()
    record_type = find_record_type(found.record_type) if found is not None else None
    if found is None or record_type is None or not _may_undo(actor, found.actor_id):
        raise NotFound
    for deleted in (False, True):
        if access.visible_to(actor, record_type, deleted=deleted).filter(pk=found.record_id).exists():
            return found
    raise NotFound


def _may_undo(actor: Actor, user_id: int | None) -> bool:
    own = user_id is not None and user_id == actor.user_id
    return own or actor.is_administrator or actor.is_system


def standing_of(change_set: ChangeSet) -> Standing:
    """Say until when a change set can be taken back, or why it can't."""
    provider = undo_provider(change_set.kind)
    if provider is None:
        return Standing(refusal=NeverUndone.sentence)
    never = provider.never(change_set)
    if never:
        return Standing(refusal=never)
    if change_set.undone_at is not None:
        return Standing(refusal=AlreadyUndone.sentence)
    return _until(provider.since(change_set))


def standing_of_change(change: Change) -> Standing:
    """Say until when one change can be taken back, or why it can't."""
    if not can_be_taken_back(change):
        return Standing(refusal=NeverUndone.sentence)
    return _until(change.at)


def can_be_taken_back(change: Change) -> bool:
    """Say whether an undo could do anything: rights of a role and the team of a user, say, are changed back there."""
    record_type = find_record_type(change.record_type)
    if change.verb not in UNDOABLE_VERBS or record_type is None:
        return False
    if change.verb not in ("changed", "undone"):
        return record_type.deletable
    stored = stored_fields(record_type)
    return any(name in stored and stored[name].item.undoable for name in change.fields)


def _until(since: datetime) -> Standing:
    until = since + UNDO_FOR
    return Standing(until) if until >= datetime.now(UTC) else Standing(refusal=TooOld.sentence)


def _require(standing: Standing) -> None:
    if not standing.refusal:
        return
    for refusal in (AlreadyUndone, TooOld):
        if standing.refusal == refusal.sentence:
            raise refusal
    raise NeverUndone(standing.refusal)


def preview_undo(actor: Actor, change_set: ChangeSet) -> Preview:
    """Return what taking a change set back would do now; writes nothing. Raises as ``undo_change_set`` does."""
    _require(standing_of(change_set))
    provider = undo_provider(change_set.kind)
    if provider is None:
        raise NeverUndone
    return provider.preview(actor, change_set)


def undo_change_set(actor: Actor, change_set_id: int) -> Undone:
    """Take a change set back, once, however many ask at the same time.

    What people changed since stays and is counted. Raises ``NotFound`` for a change set that isn't the actor's
    (administrators may undo all), ``AlreadyUndone``, ``TooOld`` after thirty days, ``NeverUndone`` for a kind without
    a way back, ``Invalid`` where the old values no longer fit.
    """
    with transaction.atomic():
        change_set = find_change_set(actor, change_set_id, lock=True)
        _require(standing_of(change_set))
        provider = undo_provider(change_set.kind)
        if provider is None:
            raise NeverUndone
        done = provider.undo(actor, change_set)
        if not provider.is_later:
            mark_undone(change_set, actor)
    return done


def mark_undone(change_set: ChangeSet, actor: Actor) -> None:
    """Say that a change set was taken back; what it had itself taken back stands again and can be undone anew."""
    change_set.undone_at, change_set.undone_by_id = datetime.now(UTC), actor.user_id
    change_set.save(update_fields=["undone_at", "undone_by_id"])
    undoes = change_set.counts.get("undoes")
    if isinstance(undoes, int):
        ChangeSet.objects.filter(pk=undoes).update(undone_at=None, undone_by=None)


def preview_change(actor: Actor, change: Change) -> Preview:
    """Return what taking back one change would do now; writes nothing."""
    _require(standing_of_change(change))
    return preview_changes(actor, Source(change.at, change_id=change.pk))


def undo_one_change(actor: Actor, change_id: int, record: str = "") -> Undone:
    """Take back one change of one record, called ``record``, as a change set; what people changed since stays.

    Raises ``NotFound``, ``TooOld``, ``NeverUndone``, ``Invalid``, and ``AlreadyUndone`` where nothing of it is left.
    """
    with transaction.atomic():
        change = find_change(actor, change_id)
        _require(standing_of_change(change))
        what = {
            "verb": change.verb, "record_type": change.record_type, "fields": list(change.fields), "record": record,
        }  # fmt: skip
        undoes = {"undoes_change": change.pk, "turn": 1, "what": what}
        done = restore_changes(actor, Source(change.at, change_id=change.pk), undo_title(what, 1, actor), undoes)
    if not done.total and not done.kept:
        raise AlreadyUndone
    return done


def _preview(actor: Actor, change_set: ChangeSet) -> Preview:
    return preview_changes(actor, Source(change_set.at, change_set.pk))


def _undo(actor: Actor, change_set: ChangeSet) -> Undone:
    counts, turn = change_set.counts, int(change_set.counts.get("turn", 0)) + 1
    # Sets from before said only in words what they had taken back.
    told = {"record_type": counts.get("record_type"), "rows": counts.get("rows"), "field": counts.get("field")}
    own = {"kind": change_set.kind, "counts": told, "title": counts.get("of", change_set.title)}
    undoes: dict[str, Any] = {"undoes": change_set.pk, "turn": turn, "what": counts.get("what", own)}
    title = undo_title(undoes["what"], turn, actor)
    return restore_changes(actor, Source(change_set.at, change_set.pk), title, undoes)


def undone_by_log(kind: str, label: type_text, icon: str) -> UndoProvider:
    """Return the provider for change sets whose whole effect stands in the event log."""
    return UndoProvider(kind, label, icon, _preview, _undo)


def register_kinds(providers: Iterable[UndoProvider]) -> None:
    """Register several providers."""
    for provider in providers:
        add_undo_provider(provider)


register_kinds(
    (
        undone_by_log("bulk_edit", gettext_lazy("bulk edit"), "pencil"),
        undone_by_log("bulk", gettext_lazy("many changes through the API"), "pencil"),
        undone_by_log("bulk_delete", gettext_lazy("bulk deletion"), "trash"),
        undone_by_log(TAKEN_BACK, pgettext_lazy("kind of change", "undo"), "undo-2"),
        undone_by_log("bulk_undo", pgettext_lazy("kind of change", "undo"), "undo-2"),
    )
)
