"""Creating a record from a form once, however often the button was pressed, with the records that come along."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from guanxi.core.actor import Actor
from guanxi.core.errors import Invalid
from guanxi.records.declaration import Companion, RecordType
from guanxi.records.models import KeptAnswer
from guanxi.records.registry import record_type as type_named
from guanxi.records.writing import create_record

FORM_KEYS = "form:"
_CLAIM = """INSERT INTO records_keptanswer (actor_id, key, fingerprint, status, headers, body, created_at)
            VALUES (%s, %s, %s, 0, '{}', '', now()) ON CONFLICT (actor_id, key) DO NOTHING RETURNING id"""


def create_once(record_type: RecordType, actor: Actor, token: str, create: Callable[[], int]) -> int:
    """Return the id of the record that ``create`` makes, or of the one that the same form made before.

    The token is claimed in the transaction of the write: a refusal leaves it unused, and a second sending that arrives
    while the first is under way waits for it. Without a valid token the record is simply created.
    """
    return once(actor, record_type.name, token, create)


def once(actor: Actor, purpose: str, token: str, act: Callable[[], int]) -> int:
    """Return the number that ``act`` answers, or the one that it answered before for this token and purpose.

    The claim lies in one transaction with what ``act`` writes. Without a valid token ``act`` is simply called.
    """
    key, user_id = _form_key(purpose, token), actor.user_id
    if key is None or user_id is None:
        return act()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_CLAIM, [user_id, key, purpose])
            claimed = cursor.fetchone()
        if claimed is None:
            return int(bytes(KeptAnswer.objects.get(actor_id=user_id, key=key).body))
        number = act()
        KeptAnswer.objects.filter(pk=claimed[0]).update(status=201, body=str(number).encode())
    return number


def _form_key(purpose: str, token: str) -> str | None:
    try:
        return f"{FORM_KEYS}{purpose}:{UUID(token)}"
    except ValueError:
        return None


def with_starts(record_type: RecordType, actor: Actor, values: dict[str, Any]) -> dict[str, Any]:
    """Return ``values`` with what a new record begins with, for fields that its form did not ask for."""
    found = dict(values)
    for item in record_type.fields:
        if not item.starts or item.name in values or not actor.edits_field(record_type.name, item.name):
            continue
        found[item.name] = actor.user_id if item.starts == "me" else timezone.now().replace(second=0, microsecond=0)
    return found


def companions(record_type: RecordType, actor: Actor) -> dict[str, Companion]:
    """Return the records that a form can make along with a new one, by input, as far as the actor may create them."""
    return {
        item.name: item for item in record_type.companions
        if actor.may("create", item.type_name) and actor.edits_field(item.type_name, item.target)
    }  # fmt: skip


def create_with_companions(record_type: RecordType, actor: Actor, values: dict[str, Any]) -> int:
    """Create a record and those that its form makes along with it, all or none; return its id.

    ``values`` are those of the form. Raises what ``create_record`` raises; a refusal of a companion names its input.
    """
    along = {name: item for name, item in companions(record_type, actor).items() if name in values}
    with transaction.atomic():
        record = create_record(
            record_type, actor=actor, values={name: value for name, value in values.items() if name not in along}
        )
        for name, item in along.items():
            if values[name] in (None, ""):
                continue
            given = {**item.values, item.target: values[name], item.through: record.pk}
            try:
                create_record(type_named(item.type_name), actor=actor, values=given)
            except Invalid as refusal:
                raise Invalid({name: [*refusal.sentences]}) from refusal
    return int(record.pk)
