"""Creating a record from a form once, however often the button was pressed."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.db import connection, transaction

from guanxi.core.actor import Actor
from guanxi.records.declaration import RecordType
from guanxi.records.models import KeptAnswer

_CLAIM = """INSERT INTO records_keptanswer (actor_id, key, fingerprint, status, headers, body, created_at)
            VALUES (%s, %s, %s, 0, '{}', '', now()) ON CONFLICT (actor_id, key) DO NOTHING RETURNING id"""


def create_once(record_type: RecordType, actor: Actor, token: str, create: Callable[[], int]) -> int:
    """Return the id of the record that ``create`` makes, or of the one that the same form made before.

    The token is claimed in the transaction of the write: a refusal leaves it unused, and a second sending that arrives
    while the first is under way waits for it. Without a valid token the record is simply created.
    """
    key, user_id = _form_key(record_type, token), actor.user_id
    if key is None or user_id is None:
        return create()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_CLAIM, [user_id, key, record_type.name])
            claimed = cursor.fetchone()
        if claimed is None:
            return int(bytes(KeptAnswer.objects.get(actor_id=user_id, key=key).body))
        record_id = create()
        KeptAnswer.objects.filter(pk=claimed[0]).update(status=201, body=str(record_id).encode())
    return record_id


def _form_key(record_type: RecordType, token: str) -> str | None:
    try:
        return f"form:{record_type.name}:{UUID(token)}"
    except ValueError:
        return None
