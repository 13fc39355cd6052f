"""Reading users for the settings: the acting one, all of them, and what one of them may see."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from guanxi.core.actor import Actor, Scope
from guanxi.core.errors import NotAllowed, NotFound
from guanxi.identity.user.models import User
from guanxi.records import access
from guanxi.records.declaration import RecordType
from guanxi.records.registry import record_types

MOST_COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class Sight:
    """What somebody may do with one record type; ``seen`` counts the visible records up to ``MOST_COUNTED`` + 1."""

    record_type: RecordType
    scopes: dict[str, Scope]
    hidden: tuple[str, ...]
    seen: int | None = None


def acting_user(actor: Actor | None) -> User:
    """Return the user behind an actor; raises ``NotAllowed`` for the system and for nobody."""
    if actor is None or actor.user_id is None:
        raise NotAllowed
    return User._default_manager.get(pk=actor.user_id)


def user_named(user_id: int) -> User:
    """Return one user for the settings; raises ``NotFound``."""
    user = User._default_manager.filter(pk=user_id, deleted_at=None).select_related("team").first()
    if user is None:
        raise NotFound
    return user


def users(text: str = "", state: str = "active") -> QuerySet[User]:
    """Return users by name for the settings; ``state`` is ``active``, ``inactive`` or ``all``."""
    found = User._default_manager.filter(deleted_at=None).select_related("team").prefetch_related("roles")
    if state in ("active", "inactive"):
        found = found.filter(is_active=state == "active")
    if text:
        found = found.filter(Q(name__icontains=text) | Q(email__icontains=text))
    return found.order_by("-is_active", "name", "id")


def sights(actor: Actor, *, count: bool = False) -> list[Sight]:
    """Return what an actor may do with each record type that the actor sees at all; one query a type when counting."""
    found = []
    for record_type in record_types():
        scopes = {verb: actor.scope(verb, record_type.name) for verb in record_type.verbs}
        if scopes.get("view", Scope.NONE) is Scope.NONE:
            continue
        hidden = tuple(item.name for item in record_type.fields if not actor.sees_field(record_type.name, item.name))
        seen = access.visible_to(actor, record_type)[: MOST_COUNTED + 1].count() if count else None
        found.append(Sight(record_type, scopes, hidden, seen))
    return found
