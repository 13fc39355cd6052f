"""How each kind of change set is taken back: features register theirs, so that one page undoes all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.core.actor import Actor
from guanxi.core.errors import DomainError, type_text
from guanxi.records.models import ChangeSet

CONFLICTS_SHOWN = 50


class AlreadyUndone(DomainError):
    """Somebody was faster, or the button was pressed twice."""

    code = "already_undone"
    status = 409
    sentence = _("This was undone already.")


@dataclass(frozen=True, slots=True)
class Conflict:
    """A record, or one field of it, that stays as it is.

    ``reason`` is empty where somebody changed the field since, else one of ``deleted_since``, ``restored_since``,
    ``changed_since``, ``in_use``, ``unsound`` and ``taken``. ``set_to`` is what the changes had written, ``now`` what
    stands there, ``before`` what would have been restored, all in JSON form.
    """

    record_type: str
    record_id: int
    name: str = ""
    set_to: Any = None
    now: Any = None
    before: Any = None
    reason: str = ""
    actor_id: int | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What an undo does with the records of one type: how many change back, go to the bin, and come out of it."""

    record_type: str
    restored: int = 0
    binned: int = 0
    taken_out: int = 0

    @property
    def total(self) -> int:
        """Return how many records of this type are touched."""
        return self.restored + self.binned + self.taken_out


@dataclass(frozen=True, slots=True)
class Preview:
    """What an undo would do now.

    ``conflict_count`` counts records of which something stays because people changed them since; ``conflicts`` are the
    first of these. ``denied`` records are no longer the actor's to change, ``gone`` ones no longer there. ``locked``
    and ``unknown`` name fields that stay: the actor may not set them any more, or they are no longer declared.
    ``samples`` are the first records that change, as (type, id, {field: [now, then]}). ``lines`` counts detail rows.
    """

    parts: tuple[Part, ...] = ()
    conflict_count: int = 0
    conflicts: tuple[Conflict, ...] = ()
    denied: int = 0
    gone: int = 0
    locked: tuple[tuple[str, str], ...] = ()
    unknown: tuple[str, ...] = ()
    samples: tuple[tuple[str, int, dict[str, Any]], ...] = ()
    lines: int = 0

    @property
    def total(self) -> int:
        """Return how many records would be touched."""
        return sum(part.total for part in self.parts)


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo did. ``url`` is where its progress shows when it goes on in the background."""

    change_set_id: int | None
    parts: tuple[Part, ...] = ()
    kept: int = 0
    url: str = ""

    @property
    def total(self) -> int:
        """Return how many records were touched."""
        return sum(part.total for part in self.parts)


@dataclass(frozen=True, slots=True)
class UndoProvider:
    """How change sets of one ``kind`` are taken back.

    ``preview`` writes nothing. ``undo`` runs in a transaction that holds the lock of the change set, whose
    ``undone_at`` the caller sets unless ``is_later`` says that a job does it. ``label`` is what people call the kind,
    ``icon`` stands beside it. ``never`` returns a sentence for change sets that can't be taken back; a kind that never
    can is not ``is_offered``. ``since`` returns from when the thirty days count.
    """

    kind: str
    label: type_text
    icon: str
    preview: Callable[[Actor, ChangeSet], Preview]
    undo: Callable[[Actor, ChangeSet], Undone]
    is_later: bool = False
    is_offered: bool = True
    never: Callable[[ChangeSet], type_text] = field(default=lambda change_set: "")
    since: Callable[[ChangeSet], datetime] = field(default=lambda change_set: change_set.at)


_PROVIDERS: dict[str, UndoProvider] = {}


def add_undo_provider(provider: UndoProvider) -> None:
    """Let change sets of ``provider.kind`` be taken back by it; a provider of the same kind is replaced."""
    _PROVIDERS[provider.kind] = provider


def undo_provider(kind: str) -> UndoProvider | None:
    """Return how change sets of this kind are taken back, or None where nobody registered a way."""
    return _PROVIDERS.get(kind)
