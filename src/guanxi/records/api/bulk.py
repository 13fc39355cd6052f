"""Many records in one request: each item succeeds or is refused on its own, all under one change set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.core.actor import Actor
from guanxi.core.errors import DomainError, NotAllowed, NotFound
from guanxi.core.problems import problem
from guanxi.records import access
from guanxi.records.api.answers import HIGHEST_ID
from guanxi.records.api.bodies import typed_values
from guanxi.records.api.errors import Malformed
from guanxi.records.declaration import RecordType
from guanxi.records.models import ChangeSet
from guanxi.records.writing import change_record, create_record

MOST_ITEMS = 1_000
_KEYS = {"create": {"op", "values"}, "update": {"op", "id", "version", "values"}}
Result = dict[str, Any]


class TakenBack(DomainError):
    """The item itself was fine, but another one of the same batch was refused."""

    code = "taken_back"
    status = 424
    sentence = gettext_lazy("Nothing was written, because another item was refused.")


def write_many(record_type: RecordType, body: Mapping[str, Any], actor: Actor) -> list[Result]:
    """Create and update up to ``MOST_ITEMS`` records.

    ``body`` is ``{"items": [{"op": "create", "values": {…}} | {"op": "update", "id", "version", "values": {…}}, …],
    "atomic": false}``. With ``atomic`` one refusal takes everything back. Returns one result per item, in order: the
    status with ``id`` and ``version``, or with the ``problem``. Raises ``Malformed`` for anything else, ``NotAllowed``
    when the actor may write no record of this type.
    """
    items, is_atomic = body.get("items"), body.get("atomic", False)
    is_known = body.keys() <= {"items", "atomic"} and isinstance(is_atomic, bool)
    if not is_known or not isinstance(items, list) or not 1 <= len(items) <= MOST_ITEMS:
        raise Malformed(_("Send between 1 and %(most)s items."), most=MOST_ITEMS)
    if not any(actor.may(verb, record_type.name) for verb in ("create", "edit")):
        raise NotAllowed
    with transaction.atomic():
        kept = transaction.savepoint()
        title = f"{len(items)} × {record_type.name}"
        change_set = ChangeSet.objects.create(kind="bulk", title=title, actor_id=actor.user_id)
        results = [_result(record_type, item, actor, change_set.pk) for item in items]
        refused = sum("problem" in result for result in results)
        if refused == len(results) or (refused and is_atomic):
            transaction.savepoint_rollback(kept)
            return [result if "problem" in result else _refusal(TakenBack()) for result in results]
        change_set.counts = dict(Counter(str(result["status"]) for result in results))
        change_set.save(update_fields=["counts"])
    return results


def _result(record_type: RecordType, item: Any, actor: Actor, change_set_id: int) -> Result:
    try:
        with transaction.atomic():
            if not isinstance(item, dict) or not item.keys() <= _KEYS.get(str(item.get("op")), set()):
                raise Malformed(_("This item has a part that isn't known."))
            return _write(record_type, item, actor, change_set_id)
    except DomainError as refusal:
        return _refusal(refusal)


def _write(record_type: RecordType, item: dict[str, Any], actor: Actor, change_set_id: int) -> Result:
    values = item.get("values")
    if not isinstance(values, dict):
        raise Malformed(_("This item has a part that isn't known."))
    if item["op"] == "create":
        access.require_may(actor, "create", record_type)
        if not record_type.creatable:
            raise NotAllowed
        typed = typed_values(record_type, values, actor, partial=False)
        record = create_record(record_type, actor=actor, values=typed, change_set_id=change_set_id)
        return {"status": 201, "id": record.pk, "version": record.version}
    record_id, version = item.get("id"), item.get("version")
    if type(record_id) is not int or not 0 < record_id <= HIGHEST_ID:
        raise NotFound
    if version is not None and type(version) is not int:
        raise Malformed(_("This item has a part that isn't known."))
    current = access.get_visible(actor, record_type, record_id, "edit")
    typed = typed_values(record_type, values, actor, partial=True)
    record = change_record(current, actor=actor, version=version, change_set_id=change_set_id, **typed)
    return {"status": 200, "id": record.pk, "version": record.version}


def _refusal(refusal: DomainError) -> Result:
    return {"status": refusal.status, "problem": problem(refusal)}
