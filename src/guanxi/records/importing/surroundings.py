"""What an import needs to know from features above the engine: who acts, and the habits of the company."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from guanxi.core.actor import SYSTEM, Actor
from guanxi.core.errors import NotAllowed


@dataclass(frozen=True, slots=True)
class Habits:
    """How cells are read where they leave it open: ``region`` for phones and dates, the zone of moments, money."""

    region: str = "CN"
    time_zone: str = "UTC"
    currency: str = "CNY"


@dataclass(slots=True)
class _Provided:
    actor_of: Callable[[int], Actor | None] | None = None
    habits: Callable[[], Habits] | None = None


_PROVIDED = _Provided()


def provide(actor_of: Callable[[int], Actor | None], habits: Callable[[], Habits]) -> None:
    """Say how background imports find their actor and the company's habits; called once by the feature that knows."""
    _PROVIDED.actor_of, _PROVIDED.habits = actor_of, habits


def acting(user_id: int | None) -> Actor:
    """Return the actor with the present rights of a user; without a user the system acts.

    Raises ``NotAllowed`` when the user is no longer there.
    """
    if user_id is None:
        return SYSTEM
    found = _PROVIDED.actor_of(user_id) if _PROVIDED.actor_of is not None else None
    if found is None:
        raise NotAllowed
    return found


def company_habits() -> Habits:
    """Return the company's habits."""
    return _PROVIDED.habits() if _PROVIDED.habits is not None else Habits()
