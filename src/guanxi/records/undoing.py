"""Taking changes back: one change of one record, or a whole change set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.core.actor import Actor
from guanxi.core.errors import Conflict, DomainError, NotFound
from guanxi.records import access
from guanxi.records.declaration import RecordType
from guanxi.records.models import Change
from guanxi.records.values import parse_value, to_json
from guanxi.records.writing import change_record, type_field

UNDO_FOR = timedelta(days=30)


class TooOld(DomainError):
    """The change lies too far back to be taken back by a button."""

    code = "too_old"
    status = 409
    sentence = _("Changes can be undone for 30 days.")


def undo_change(record_type: RecordType, record_id: int, change_id: int, actor: Actor) -> Any:
    """Restore the values that one change of a record replaced, as a change of its own, and return the record.

    Raises ``NotFound`` and ``NotAllowed`` as any edit does, ``TooOld`` after thirty days, ``Conflict`` when one of the
    fields has been changed again since: nothing is restored then.
    """
    record = access.get_visible(actor, record_type, record_id, "edit")
    change = Change.objects.filter(
        pk=change_id, record_type=record_type.name, record_id=record_id, verb__in=("changed", "undone")
    ).first()
    if change is None:
        raise NotFound
    if change.at < datetime.now(UTC) - UNDO_FOR:
        raise TooOld
    values: dict[str, Any] = {}
    later: dict[str, tuple[Any, Any]] = {}
    for name, (old, new) in change.fields.items():
        now = to_json(getattr(record, type_field(record_type, name)))
        if now != new:
            later[name] = (now, old)
        values[name] = stored_value(record_type, name, old)
    if later:
        raise Conflict(later, record.version)
    return change_record(record, actor=actor, verb="undone", version=record.version, **values)


def stored_value(record_type: RecordType, name: str, raw: Any) -> Any:
    """Return the typed value of a field from its JSON form in the event log."""
    return parse_value(record_type[name], raw)
