"""From a signed-in user to an ``Actor``: roles merged, teams and territories with all that lie below them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import connection
from django.db.models import F

from guanxi.core.actor import Actor, Scope
from guanxi.identity.company.models import Company
from guanxi.records.access import hidden_with_inputs
from guanxi.records.registry import record_types
from guanxi.records.shaping.live import after_loading

_SQL = """
WITH RECURSIVE
  me AS (SELECT id, name, team_id, territories, language, time_zone FROM identity_user
         WHERE id = %s AND is_active AND deleted_at IS NULL),
  teams AS (SELECT team_id AS id FROM me WHERE team_id IS NOT NULL
            UNION SELECT t.id FROM identity_team t JOIN teams ON t.parent_id = teams.id WHERE t.deleted_at IS NULL),
  areas AS (SELECT unnest(territories) AS id FROM me
            UNION SELECT t.id FROM identity_territory t JOIN areas ON t.parent_id = areas.id WHERE t.deleted_at IS NULL)
SELECT me.name, me.team_id, me.language, me.time_zone,
       (SELECT coalesce(array_agg(id ORDER BY id), '{}') FROM teams),
       (SELECT coalesce(array_agg(id ORDER BY id), '{}') FROM areas),
       (SELECT coalesce(json_agg(json_build_array(r.is_administrator, r.permissions, r.hidden_fields, r.locked_fields)),
                        '[]')
          FROM identity_role r JOIN identity_user_roles ur ON ur.role_id = r.id
         WHERE ur.user_id = me.id AND r.deleted_at IS NULL)
FROM me
"""
_CACHE: dict[int, tuple[int, float, Actor]] = {}
_MAX_AGE_SECONDS = 300.0
ADMINISTRATIVE = frozenset({"user", "role", "team", "territory"})
HARMLESS_VERBS = frozenset({"view", "export"})


def actor_of(user_id: int, access_version: int | None = None) -> Actor | None:
    """Return the actor for a user id, or None when the user is unknown, deactivated or deleted.

    With ``access_version`` (the company's present one) an actor computed under the same version is reused.
    """
    known = _CACHE.get(user_id)
    is_fresh = known is not None and time.monotonic() - known[1] < _MAX_AGE_SECONDS
    if known and is_fresh and known[0] == access_version:
        return known[2]
    with connection.cursor() as cursor:
        cursor.execute(_SQL, [user_id])
        row = cursor.fetchone()
    if row is None:
        _CACHE.pop(user_id, None)
        return None
    actor = _actor(user_id, row)
    if access_version is not None:
        _CACHE[user_id] = (access_version, time.monotonic(), actor)
    return actor


def access_changed() -> None:
    """Make every process forget cached permissions: call in each transaction that changes users, roles, teams."""
    Company._default_manager.filter(pk=1).update(access_version=F("access_version") + 1)


@after_loading
def forget_actors() -> None:
    """Have every actor of this process worked out anew: what is kept for one hangs on the declarations."""
    _CACHE.clear()


def _actor(user_id: int, row: tuple[Any, ...]) -> Actor:
    name, team_id, language, time_zone, teams, areas, roles = row
    actor = Actor(
        user_id=user_id,
        name=name,
        grants=merge_grants([role[1] for role in roles]),
        hidden=_in_every([role[2] for role in roles]),
        locked=_in_every([role[3] for role in roles]),
        team_id=team_id,
        team_ids=tuple(teams),
        territory_ids=tuple(areas),
        language=language,
        time_zone=time_zone,
        is_administrator=any(role[0] for role in roles),
    )
    return replace(actor, hidden=hidden_with_inputs(actor))


def merge_grants(permissions: list[Mapping[str, Mapping[str, str]]]) -> dict[str, dict[str, Scope]]:
    """Return the union of several roles' permissions with ``*`` spelled out for every record type and verb.

    Who is in which team decides who sees what, so no role but the administrators' changes users, roles, teams or
    territories, whatever it says.
    """
    merged: dict[str, dict[str, Scope]] = {}
    for record_type in record_types():
        grants = merged.setdefault(record_type.name, {})
        for role in permissions:
            for type_name in ("*", record_type.name):
                _merge(grants, role.get(type_name, {}), record_type.verbs)
        if record_type.name in ADMINISTRATIVE:
            merged[record_type.name] = {verb: scope for verb, scope in grants.items() if verb in HARMLESS_VERBS}
    return merged


def _merge(grants: dict[str, Scope], given: Mapping[str, str], verbs: tuple[str, ...]) -> None:
    for verb, scope_name in given.items():
        for each in verbs if verb == "*" else (verb,):
            grants[each] = max(grants.get(each, Scope.NONE), Scope[scope_name.upper()])


def _in_every(rules: list[Mapping[str, list[str]]]) -> dict[str, frozenset[str]]:
    """Return the field rules that all roles share: a second role without the rule lifts it."""
    if not rules:
        return {}
    names = set(rules[0]).intersection(*map(set, rules[1:]))
    found = {name: frozenset(rules[0][name]).intersection(*(rule[name] for rule in rules[1:])) for name in names}
    return {name: fields for name, fields in found.items() if fields}
