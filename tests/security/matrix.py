"""What each of the cast may do, worked out from the roles alone: the other half of every generated check."""

from __future__ import annotations

import json
from typing import Any

from guanxi.records.declaration import RecordType
from guanxi.records.values import to_json
from tests.world import HOST, MANAGER, READER, SELLER, World

ACTORS = ("anonymous", "sam", "rita", "mei", "bo", "carla", "root")
RELATIONS = ("own", "foreign", "random")
NOBODYS_ID = 987_654_321
_ROLES = {"rita": READER, "mei": SELLER, "bo": MANAGER, "carla": SELLER}


def reaches(actor: str, verb: str, record: RecordType, relation: str) -> bool:
    """Say whether the actor may apply ``verb`` to Mei's (``own``) or Carla's (``foreign``) record of this type."""
    if relation == "random" or actor in ("anonymous", "sam"):
        return False
    if actor == "root":
        return True
    if record.scope == "shared":
        return verb == "view"
    scope = _ROLES[actor].get(verb, "none")
    owners = {"none": (), "own": (actor,), "team": ("mei", "bo"), "all": ("mei", "carla")}[scope]
    return {"own": "mei", "foreign": "carla"}[relation] in owners


def may(actor: str, verb: str, record: RecordType) -> bool:
    """Say whether the actor may apply ``verb`` to any record of this type at all."""
    if actor == "root" or (verb == "view" and actor not in ("anonymous", "sam")):
        return True
    return actor in _ROLES and record.scope != "shared" and _ROLES[actor].get(verb, "none") != "none"


def expected(actor: str, verb: str, record: RecordType, relation: str = "") -> int:
    """Return the status with which the API answers."""
    if actor == "anonymous":
        return 401
    if verb in ("delete", "restore") and not record.deletable:
        return 405
    if verb == "change" and not record.editable:
        return 405
    if verb in ("list", "count", "groups"):
        return 200 if may(actor, "view", record) else 403
    if verb == "create":
        return 405 if not record.creatable else 201 if may(actor, "create", record) else 403
    if verb == "bulk":
        return 200 if may(actor, "create", record) or may(actor, "edit", record) else 403
    if verb.startswith("comment"):
        return _expected_of_comment(actor, verb, record, relation)
    if verb == "restore":  # what is not in the bin can't be found there
        return 404
    right = {"read": "view", "history": "view", "change": "edit", "delete": "delete"}[verb]
    if reaches(actor, right, record, relation):
        return 204 if verb == "delete" else 200
    return 403 if reaches(actor, "view", record, relation) else 404


def _expected_of_comment(actor: str, verb: str, record: RecordType, relation: str) -> int:
    """Return the status for comments, which the administrator wrote: who sees the record reads them and adds more."""
    if not reaches(actor, "view", record, relation) or verb == "comment_restore":  # nothing of these was taken away
        return 404
    if verb in ("comment_change", "comment_delete") and actor != "root":
        return 403
    return {"comment_add": 201, "comment_delete": 204}.get(verb, 200)


def send(world: World, actor: str, method: str, path: str, body: Any = None, **headers: str) -> Any:
    """Send one JSON request as one of the cast."""
    text = "" if body is None else json.dumps(body)
    return world.clients[actor].generic(method, path, text, content_type="application/json", **HOST, **headers)


def target(world: World, record: RecordType, relation: str) -> int:
    """Return the id that stands in the address: Mei's record, Carla's, or one that nobody has."""
    known = {"own": world.own, "foreign": world.foreign}.get(relation)
    return known[record.name] if known is not None else NOBODYS_ID


def as_json(values: dict[str, Any]) -> dict[str, Any]:
    """Return typed values as a body holds them."""
    return {name: to_json(value) for name, value in values.items()}
