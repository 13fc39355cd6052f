"""What a role may be given: verbs and scopes of each record type, and who holds which role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from guanxi.core.actor import Scope
from guanxi.core.errors import NotFound
from guanxi.identity.actors import ADMINISTRATIVE, HARMLESS_VERBS
from guanxi.identity.role.models import Role
from guanxi.records.declaration import RecordType
from guanxi.records.registry import record_types

MATRIX_VERBS = ("view", "create", "edit", "delete", "export", "import")
_ABLE = {"edit": "editable", "delete": "deletable", "import": "importable"}


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A record type with the scope of each verb (None where the verb isn't possible) and what is hidden."""

    record_type: RecordType
    verbs: tuple[tuple[str, str | None], ...]
    scopes: tuple[str, ...]
    hidden: frozenset[str]


def verbs_of(record_type: RecordType) -> tuple[str, ...]:
    """Return the verbs that a role can be given for a record type; ``score`` lets customers be scored anew."""
    able = [v for v in MATRIX_VERBS if v in record_type.verbs and getattr(record_type, _ABLE.get(v, "name"))]
    if record_type.name in ADMINISTRATIVE:
        return tuple(verb for verb in able if verb in HARMLESS_VERBS)
    return (*able, "score") if record_type.name == "customer" else tuple(able)


def offered_scopes(record_type: RecordType) -> tuple[Scope, ...]:
    """Return the scopes that make sense: records that are shared have no owner, so it is all or nothing."""
    return (Scope.NONE, Scope.ALL) if record_type.scope == "shared" else tuple(Scope)


def matrix(role: Role) -> list[MatrixRow]:
    """Return what a role allows, record type by record type, ``*`` spelled out."""
    rows = []
    for record_type in record_types():
        possible = verbs_of(record_type)
        given = {**role.permissions.get("*", {}), **role.permissions.get(record_type.name, {})}
        scopes = tuple(scope.name.lower() for scope in offered_scopes(record_type))
        cells = tuple(
            (verb, _nearest(given.get(verb, given.get("*", "none")), scopes) if verb in possible else None)
            for verb in (*MATRIX_VERBS, "score")
        )
        rows.append(MatrixRow(record_type, cells, scopes, frozenset(role.hidden_fields.get(record_type.name, ()))))
    return rows


def roles_with_holders() -> QuerySet[Role]:
    """Return the roles with how many active users hold each (``holders``)."""
    held = get_user_model()._default_manager.filter(roles=OuterRef("pk"), is_active=True, deleted_at=None).order_by()
    count = Subquery(held.values("roles").annotate(count=Count("pk")).values("count"))
    return Role._default_manager.filter(deleted_at=None).annotate(holders=Coalesce(count, 0)).order_by("id")


def role_named(role_id: int) -> Role:
    """Return one role for the settings; raises ``NotFound``."""
    role = Role._default_manager.filter(pk=role_id, deleted_at=None).first()
    if role is None:
        raise NotFound
    return role


def holders(role: Role) -> list[Any]:
    """Return the active users who hold a role, by name."""
    return list(
        get_user_model()._default_manager.filter(roles=role, is_active=True, deleted_at=None).order_by("name")[:200]
    )


def _nearest(scope: str, offered: tuple[str, ...]) -> str:
    return scope if scope in offered else ("all" if scope != "none" else "none")
