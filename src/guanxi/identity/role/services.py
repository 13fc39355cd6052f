"""Making and changing roles."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.core.errors import Conflict, Invalid, NotAllowed, type_text
from guanxi.identity.actors import access_changed
from guanxi.identity.role.models import Role
from guanxi.identity.role.queries import MATRIX_VERBS, offered_scopes, verbs_of
from guanxi.identity.role.rules import DEFAULT_ROLES, Permissions
from guanxi.records.changes import record_change
from guanxi.records.registry import find_record_type, record_types

OWN_VERBS = frozenset({*MATRIX_VERBS, "*"})  # of a record type of a company's own: there is nothing to score
FIELDS = frozenset({"name", "description", "permissions", "hidden_fields", "locked_fields"})


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


def add_role(*, actor: Actor, name: str, description: str = "", like: Role | None = None) -> Role:
    """Make a role, empty or with the permissions of another one; it is never an administrator's.

    Raises ``NotAllowed`` unless the actor is an administrator, ``Invalid`` for a bad or taken name.
    """
    _require_administrator(actor)
    _check_words(name, description, None)
    key = slugify(name)[:40] or "role"
    with transaction.atomic():
        taken = set(Role._default_manager.filter(key__startswith=key).values_list("key", flat=True))
        number = next(n for n in range(len(taken) + 1) if (f"{key}-{n + 1}" if n else key) not in taken)
        role = Role(key=f"{key}-{number + 1}" if number else key, name=name.strip(), description=description.strip())
        if like is not None and not like.is_administrator:
            role.permissions, role.hidden_fields = like.permissions, like.hidden_fields
            role.locked_fields = like.locked_fields
        role.save(force_insert=True)
        record_change(actor, "role", role.pk, "created", {"name": (None, role.name), "like": (None, like and like.key)})
    return role


def change_role(role: Role, *, actor: Actor, version: int | None = None, **values: Any) -> Role:
    """Change a role's name, description, permissions, hidden or read-only fields.

    Holders feel it at their next request. Raises ``NotAllowed`` unless the actor is an administrator, ``Conflict`` when
    somebody else saved since ``version``, ``Invalid`` for unknown types, verbs, scopes or fields and for permissions of
    the administrators' role.
    """
    _require_administrator(actor)
    with transaction.atomic():
        current = Role._default_manager.select_for_update().get(pk=role.pk)
        old = {name: getattr(current, name) for name in FIELDS & values.keys()}
        changed = {name: values[name] for name in old if values[name] != old[name]}
        if not values.keys() <= FIELDS or (current.is_administrator and changed.keys() - {"name", "description"}):
            raise Invalid({"": [_("Administrators may do everything; that can't be limited.")]})
        _check_words(values.get("name", current.name), values.get("description", ""), current.pk)
        _check_permissions(values.get("permissions", {}))
        _check_fields(values.get("hidden_fields", {}))
        _check_fields(values.get("locked_fields", {}))
        if version is not None and version != current.version and changed:
            raise Conflict({name: (old[name], value) for name, value in changed.items()}, current.version)
        if changed:
            for name, value in changed.items():
                setattr(current, name, value)
            current.version += 1
            current.save()
            record_change(actor, "role", current.pk, "changed", {n: (old[n], value) for n, value in changed.items()})
            access_changed()
    return current


def change_permissions(
    role: Role, *, actor: Actor, permissions: Permissions, hidden_fields: dict[str, list[str]]
) -> Role:
    """Replace what a role allows and hides; see ``change_role``."""
    return change_role(role, actor=actor, permissions=permissions, hidden_fields=hidden_fields)


def grant_like(type_name: str, like: str, *, actor: Actor, change_set_id: int | None = None) -> None:
    """Give every role the same rights on a new record type as it has on another one, as one change set.

    Raises ``NotAllowed`` unless the actor is an administrator, ``Invalid`` where there is no such type to follow.
    """
    _require_administrator(actor)
    followed = find_record_type(like)
    if followed is None:
        raise Invalid({"rights": [_("Choose a value from the list.")]})
    with transaction.atomic():
        for role in Role._default_manager.select_for_update().filter(is_administrator=False, deleted_at=None):
            given = {verb: scope for verb, scope in role.permissions.get(like, {}).items() if verb in OWN_VERBS}
            if given:
                old, new = role.permissions, {**role.permissions, type_name: given}
                role.permissions = new
                role.version += 1
                role.save(update_fields=["permissions", "version", "updated_at"])
                record_change(actor, "role", role.pk, "changed", {"permissions": (old, new)}, change_set_id)
        access_changed()


def delete_role(role: Role, *, actor: Actor) -> None:
    """Put a role that nobody holds in the bin.

    Raises ``NotAllowed`` unless the actor is an administrator, ``Invalid`` for the administrators' role and for one
    that somebody holds.
    """
    _require_administrator(actor)
    with transaction.atomic():
        current = Role._default_manager.select_for_update().get(pk=role.pk)
        if current.is_administrator:
            raise Invalid({"": [_("The administrators' role can't be deleted.")]})
        if get_user_model()._default_manager.filter(roles=current, deleted_at=None).exists():
            raise Invalid({"": [_("Somebody still has this role. Give them another one first.")]})
        current.deleted_at = datetime.now(UTC)
        current.version += 1
        current.save(update_fields=["deleted_at", "version", "updated_at"])
        record_change(actor, "role", current.pk, "deleted", {})
        access_changed()


def _check_words(name: str, description: str, own_id: int | None) -> None:
    errors: dict[str, list[type_text]] = {}
    if not name.strip() or len(name) > 80:
        errors["name"] = [_("Use between 1 and 80 characters.")]
    elif Role._default_manager.filter(name__iexact=name.strip(), deleted_at=None).exclude(pk=own_id or 0).exists():
        errors["name"] = [_("Another role has this name already.")]
    if len(description) > 300:
        errors["description"] = [_("Use at most 300 characters.")]
    if errors:
        raise Invalid(errors)


def _check_permissions(permissions: Mapping[str, Mapping[str, str]]) -> None:
    known = {item.name: item for item in record_types()}
    for type_name, verbs in permissions.items():
        record_type = known.get(type_name)
        scopes = {scope.name.lower() for scope in offered_scopes(record_type)} if record_type else set()
        if record_type is None or not set(verbs) <= set(verbs_of(record_type)) or not set(verbs.values()) <= scopes:
            raise Invalid({"permissions": [_("“%(name)s” can't be granted like this.") % {"name": type_name[:60]}]})


def _check_fields(fields: Mapping[str, list[str]]) -> None:
    known = {item.name: item for item in record_types()}
    for type_name, names in fields.items():
        record_type = known.get(type_name)
        if record_type is None or any(record_type.get(name) is None for name in names):
            raise Invalid({"hidden_fields": [_("“%(name)s” has no such field.") % {"name": type_name[:60]}]})


def _require_administrator(actor: Actor) -> None:
    if not (actor.is_administrator or actor.is_system):
        raise NotAllowed
