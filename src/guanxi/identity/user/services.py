"""Making users, changing what they may do, and their own preferences."""

from __future__ import annotations

import zoneinfo
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.core.errors import Invalid, NotAllowed, type_text
from guanxi.identity.actors import access_changed
from guanxi.identity.role.models import Role
from guanxi.identity.user.models import User
from guanxi.records.changes import record_change

PREFERENCES = frozenset({"name", "job_title", "language", "time_zone", "theme", "density", "shortcuts"})


def add_user(
    *, actor: Actor, email: str, name: str, password: str, role_keys: Sequence[str], team_id: int | None = None,
    territories: Sequence[int] = (), **preferences: Any,
) -> User:  # fmt: skip
    """Create a user with a first password and roles.

    Raises ``NotAllowed`` unless the actor is an administrator, ``Invalid`` for a taken or malformed e-mail, a weak
    password, unknown roles or preferences.
    """
    _require_administrator(actor)
    email = email.strip().lower()
    errors = new_user_errors(email, name, password)
    if errors:
        raise Invalid(errors)
    with transaction.atomic():
        user = User.objects.create_user(
            email, password, name=name.strip(), team_id=team_id, territories=list(territories),
            **_checked(preferences),
        )  # fmt: skip
        user.roles.set(_roles(role_keys))
        record_change(actor, "user", user.pk, "created", {"email": (None, email), "roles": (None, list(role_keys))})
        access_changed()
    return user


def new_user_errors(email: str, name: str, password: str) -> dict[str, list[type_text]]:
    """Return what keeps somebody from becoming a user, by field; empty when nothing does."""
    errors: dict[str, list[type_text]] = {}
    try:
        validate_email(email.strip())
        if User._default_manager.filter(email=email.strip().lower()).exists():
            errors["email"] = [_("Another user has this e-mail address already.")]
    except ValidationError:
        errors["email"] = [_("This isn't an e-mail address. An example: mei@example.com")]
    if not name.strip() or len(name) > 120:
        errors["name"] = [_("Use between 1 and 120 characters.")]
    try:
        validate_password(password, User(email=email, name=name))
    except ValidationError as refusal:
        errors["password"] = list(refusal.messages)
    return errors


def change_access(
    user: User, *, actor: Actor, role_keys: Sequence[str], team_id: int | None, territories: Sequence[int],
    is_active: bool,
) -> User:  # fmt: skip
    """Change what a user may do; takes effect with the user's next request.

    Raises ``NotAllowed`` unless the actor is an administrator, ``Invalid`` when it would remove the last administrator.
    """
    _require_administrator(actor)
    with transaction.atomic():
        current = User._default_manager.select_for_update().get(pk=user.pk)
        before = sorted(current.roles.values_list("key", flat=True))
        roles = _roles(role_keys)
        if not is_active or not any(role.is_administrator for role in roles):
            _keep_an_administrator(current)
        changes: dict[str, tuple[Any, Any]] = {
            "roles": (before, sorted(role_keys)), "team": (current.team_id, team_id),
            "territories": (current.territories, list(territories)), "is_active": (current.is_active, is_active),
        }  # fmt: skip
        current.team_id, current.territories, current.is_active = team_id, list(territories), is_active
        current.version += 1
        current.save()
        current.roles.set(roles)
        record_change(actor, "user", current.pk, "changed", {k: v for k, v in changes.items() if v[0] != v[1]})
        access_changed()
    return current


def change_preferences(*, actor: Actor, **preferences: Any) -> User:
    """Change the acting user's own preferences (name, language, time zone, theme, density, shortcuts).

    Raises ``Invalid`` for a value that isn't offered, ``NotAllowed`` without a user.
    """
    if actor.user_id is None:
        raise NotAllowed
    values = _checked(preferences)
    with transaction.atomic():
        user = User._default_manager.select_for_update().get(pk=actor.user_id)
        changed = {n: (getattr(user, n), value) for n, value in values.items() if getattr(user, n) != value}
        for name, (_old, value) in changed.items():
            setattr(user, name, value)
        if changed:
            user.version += 1
            user.save()
            record_change(actor, "user", user.pk, "preferences", changed)
            access_changed()
    return user


def _checked(preferences: dict[str, Any]) -> dict[str, Any]:
    allowed: dict[str, set[Any]] = {
        "language": {code for code, _name in settings.LANGUAGES}, "theme": set(User.Theme.values),
        "density": set(User.Density.values), "time_zone": zoneinfo.available_timezones(), "shortcuts": {True, False},
    }  # fmt: skip
    for name, value in preferences.items():
        if name not in PREFERENCES or (name in allowed and value not in allowed[name]):
            raise Invalid({name: [_("Choose a value from the list.")]})
        if name in ("name", "job_title") and (len(value) > 120 or (name == "name" and not value.strip())):
            raise Invalid({name: [_("Use between 1 and 120 characters.")]})
    return preferences


def _roles(keys: Sequence[str]) -> list[Role]:
    roles = list(Role._default_manager.filter(key__in=keys, deleted_at=None))
    if len(roles) != len(set(keys)) or not roles:
        raise Invalid({"roles": [_("Choose at least one role from the list.")]})
    return roles


def _require_administrator(actor: Actor) -> None:
    if not (actor.is_administrator or actor.is_system):
        raise NotAllowed


def _keep_an_administrator(user: User) -> None:
    administrators = User._default_manager.filter(is_active=True, deleted_at=None, roles__is_administrator=True)
    is_one = user.roles.filter(is_administrator=True).exists()
    if is_one and not administrators.exclude(pk=user.pk).exists():
        raise Invalid({"roles": [_("This is the last administrator. Make somebody else one first.")]})
