"""What the forms about users ask for."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from guanxi.identity.choices import languages, time_zones
from guanxi.identity.forms import Ask
from guanxi.identity.role.models import Role
from guanxi.identity.team.models import Team
from guanxi.identity.territory.models import Territory
from guanxi.identity.user.models import User
from guanxi.ui.parts import Option


def about_person() -> tuple[Ask, ...]:
    """Ask for what others see of a user."""
    return (
        Ask("name", _("Name"), required=True, max_length=120),
        Ask("job_title", _("Job title"), max_length=120),
    )


def about_access(user: User | None = None) -> tuple[Ask, ...]:
    """Ask for what a user may do; three queries."""
    roles = [Option(role.key, _(role.name)) for role in Role._default_manager.filter(deleted_at=None).order_by("id")]
    teams = [Option(str(pk), name) for pk, name in _living(Team)]
    territories = [Option(str(pk), name) for pk, name in _living(Territory)]
    asks = [
        Ask("roles", _("Roles"), "choices", roles, required=True,
            help=_("With several roles a user may do what any of them allows.")),
        Ask("team", _("Team"), "choice", teams, help=_("Decides what “team” reaches: this team and those below it.")),
    ]  # fmt: skip
    if territories:
        asks.append(Ask("territories", _("Territories"), "choices", territories))
    if user is not None:
        asks.append(Ask("is_active", _("Active"), "boolean",
                        help=_("Who isn't active is signed out at once and can't sign in.")))  # fmt: skip
    return tuple(asks)


def about_new() -> tuple[Ask, ...]:
    """Ask for everything that an invitation needs."""
    return (
        Ask("email", _("Work e-mail"), "email", required=True, max_length=254, autofocus=True),
        *about_person(),
        *about_access(),
        Ask("language", _("Language"), "choice", languages(), required=True),
        Ask("time_zone", _("Time zone"), "choice", time_zones(), required=True),
    )


def access_values(user: User) -> dict[str, Any]:
    """Return the present values for ``about_access``."""
    return {
        "roles": list(user.roles.values_list("key", flat=True)), "team": user.team_id or "",
        "territories": user.territories, "is_active": "on" if user.is_active else "",
    }  # fmt: skip


def _living(model: type[Team] | type[Territory]) -> list[tuple[int, str]]:
    return list(model._default_manager.filter(deleted_at=None).order_by("name").values_list("pk", "name"))
