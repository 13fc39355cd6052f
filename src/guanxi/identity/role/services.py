"""Making and changing roles."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor, Scope
from guanxi.core.errors import Invalid, NotAllowed
from guanxi.identity.actors import access_changed
from guanxi.identity.role.models import Role
from guanxi.identity.role.rules import DEFAULT_ROLES
from guanxi.records.changes import record_change
from guanxi.records.registry import record_types


def install_default_roles() -> dict[str, Role]:
    """Create the default roles that are missing and return all roles by key; existing ones are left as they are."""
    for default in DEFAULT_ROLES:
        Role._default_manager.get_or_create(
            key=default.key,
            defaults={
                "name": default.name, "description": default.description, "permissions": default.permissions,
                "is_administrator": default.is_administrator, "hidden_fields": default.hidden_fields,
            },
        )  # fmt: skip
    access_changed()
    return {role.key: role for role in Role._default_manager.filter(deleted_at=None)}


def change_permissions(
    role: Role, *, actor: Actor, permissions: dict[str, dict[str, str]], hidden_fields: dict[str, list[str]]
) -> Role:
    """Replace what a role allows and hides; every holder is affected from the next request on.

    Raises ``NotAllowed`` unless the actor is an administrator, ``Invalid`` for unknown types, verbs, scopes or fields.
    """
    if not (actor.is_administrator or actor.is_system):
        raise NotAllowed
    _check(permissions, hidden_fields)
    with transaction.atomic():
        current = Role._default_manager.select_for_update().get(pk=role.pk)
        old: dict[str, tuple[Any, Any]] = {
            "permissions": (current.permissions, permissions), "hidden_fields": (current.hidden_fields, hidden_fields),
        }  # fmt: skip
        current.permissions, current.hidden_fields = permissions, hidden_fields
        current.version += 1
        current.save()
        record_change(actor, "role", current.pk, "changed", {k: v for k, v in old.items() if v[0] != v[1]})
        access_changed()
    return current


def _check(permissions: dict[str, dict[str, str]], hidden_fields: dict[str, list[str]]) -> None:
    known = {item.name: item for item in record_types()}
    scopes = {scope.name.lower() for scope in Scope}
    for type_name, verbs in permissions.items():
        record_type = known.get(type_name)
        if record_type is None or not set(verbs) <= {*record_type.verbs, "score"} or not set(verbs.values()) <= scopes:
            raise Invalid({"permissions": [_("“%(name)s” can't be granted like this.") % {"name": type_name[:60]}]})
    for type_name, names in hidden_fields.items():
        record_type = known.get(type_name)
        if record_type is None or any(record_type.get(name) is None for name in names):
            raise Invalid({"hidden_fields": [_("“%(name)s” has no such field.") % {"name": type_name[:60]}]})
