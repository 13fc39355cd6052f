"""Making users, changing what they may do, and their own preferences."""

from __future__ import annotations

import zoneinfo
from collections.abc import Sequence
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.core.errors import Invalid, NotAllowed, type_text
from guanxi.identity.actors import access_changed
from guanxi.identity.company.models import Company
from guanxi.identity.role.models import Role
from guanxi.identity.session.services import end_other_sessions
from guanxi.identity.team.models import Team
from guanxi.identity.territory.models import Territory
from guanxi.identity.user.models import User
from guanxi.records.changes import record_change

PREFERENCES = frozenset({"name", "job_title", "language", "time_zone", "theme", "density", "shortcuts"})


def add_user(
    *, actor: Actor, email: str, name: str, password: str | None, role_keys: Sequence[str], team_id: int | None = None,
    territories: Sequence[int] = (), **preferences: Any,
) -> User:  # fmt: skip
    """Create a user with roles and a first password, or without one: then a password link must follow.

    Raises ``NotAllowed`` unless the actor is an administrator, ``Invalid`` for a taken or malformed e-mail, a weak
    password, unknown roles or preferences.
    """
    _require_administrator(actor)
    email = email.strip().lower()
    errors = new_user_errors(email, name, password)
    if errors:
        raise Invalid(errors)
    _check_places(team_id, territories)
    with transaction.atomic():
        user = User.objects.create_user(
            email, password, name=name.strip(), team_id=team_id, territories=list(territories),
            **_checked(preferences),
        )  # fmt: skip
        user.roles.set(_roles(role_keys))
        record_change(actor, "user", user.pk, "created", {"email": (None, email), "roles": (None, list(role_keys))})
        access_changed()
    return user


def new_user_errors(email: str, name: str, password: str | None) -> dict[str, list[type_text]]:
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
        if password is not None:
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
    _check_places(team_id, territories)
    with transaction.atomic():
        # One lock for all: two administrators who remove each other at the same moment would otherwise both succeed.
        Company._default_manager.select_for_update().get(pk=1)
        current = User._default_manager.select_for_update().get(pk=user.pk)
        before = sorted(current.roles.values_list("key", flat=True))
        roles = _roles(role_keys)
        if not is_active or not any(role.is_administrator for role in roles):
            _keep_an_administrator(current)
        changes: dict[str, tuple[Any, Any]] = {
            "roles": (before, sorted(set(role_keys))), "team": (current.team_id, team_id),
            "territories": (sorted(current.territories), sorted(set(territories))),
            "is_active": (current.is_active, is_active),
        }  # fmt: skip
        current.team_id, current.territories, current.is_active = team_id, sorted(set(territories)), is_active
        current.version += 1
        current.save()
        current.roles.set(roles)
        different = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
        if different:
            record_change(actor, "user", current.pk, "changed", different)
            access_changed()
        if not is_active:
            end_other_sessions(current, None)
    return current


def forget_second_factors(user: User, *, actor: Actor) -> int:
    """Remove a user's authenticator, passkeys and recovery codes, as when a phone was lost; ends the user's sessions.

    Returns how many there were. Raises ``NotAllowed`` unless the actor is an administrator.
    """
    _require_administrator(actor)
    with transaction.atomic():
        count, _by_model = Authenticator.objects.filter(user_id=user.pk).delete()
        end_other_sessions(user, None)
        record_change(actor, "user", user.pk, "second_factors_removed", {"second_factors": (count, 0)})
    return int(count)


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


def _check_places(team_id: int | None, territories: Sequence[int]) -> None:
    if team_id is not None and not Team._default_manager.filter(pk=team_id, deleted_at=None).exists():
        raise Invalid({"team": [_("Choose a value from the list.")]})
    if Territory._default_manager.filter(pk__in=territories, deleted_at=None).count() != len(set(territories)):
        raise Invalid({"territories": [_("Choose values from the list.")]})


def _require_administrator(actor: Actor) -> None:
    if not (actor.is_administrator or actor.is_system):
        raise NotAllowed


def _keep_an_administrator(user: User) -> None:
    administrators = User._default_manager.filter(is_active=True, deleted_at=None, roles__is_administrator=True)
    is_one = user.roles.filter(is_administrator=True).exists()
    if is_one and not administrators.exclude(pk=user.pk).exists():
        raise Invalid({"roles": [_("This is the last administrator. Make somebody else one first.")]})
