"""Who acts: a user, an API token or the system itself, with everything that access decisions need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum


class Scope(IntEnum):
    """How far a permission reaches; a larger scope includes the smaller ones."""

    NONE = 0
    OWN = 1
    TEAM = 2
    TERRITORY = 3
    ALL = 4


@dataclass(frozen=True, slots=True)
class Actor:
    """The one on whose behalf a read or write happens.

    ``grants`` maps record type → verb → scope. ``hidden`` and ``locked`` map record type → field names that the actor
    may not see, or may see but not change. ``team_ids`` are the actor's teams with all teams below them;
    ``territory_ids`` likewise. The system actor may do everything and is never handed to a request.
    """

    user_id: int | None
    name: str
    grants: Mapping[str, Mapping[str, Scope]] = field(default_factory=dict)
    hidden: Mapping[str, frozenset[str]] = field(default_factory=dict)
    locked: Mapping[str, frozenset[str]] = field(default_factory=dict)
    team_id: int | None = None
    team_ids: tuple[int, ...] = ()
    territory_ids: tuple[int, ...] = ()
    language: str = "en"
    time_zone: str = "UTC"
    is_system: bool = False
    is_administrator: bool = False

    def scope(self, verb: str, type_name: str) -> Scope:
        """Return how far the actor may apply ``verb`` to records of ``type_name``."""
        if self.is_system or self.is_administrator:
            return Scope.ALL
        return self.grants.get(type_name, {}).get(verb, Scope.NONE)

    def may(self, verb: str, type_name: str) -> bool:
        """Say whether the actor may apply ``verb`` to any record of ``type_name`` at all."""
        return self.scope(verb, type_name) > Scope.NONE

    def sees_field(self, type_name: str, field_name: str) -> bool:
        """Say whether the actor may see this field; a hidden field may not be filtered or sorted by either."""
        return self.is_system or field_name not in self.hidden.get(type_name, frozenset())

    def edits_field(self, type_name: str, field_name: str) -> bool:
        """Say whether the actor may change this field where it may edit the record."""
        locked = self.locked.get(type_name, frozenset())
        return self.is_system or (self.sees_field(type_name, field_name) and field_name not in locked)


SYSTEM = Actor(user_id=None, name="Guanxi", is_system=True)
