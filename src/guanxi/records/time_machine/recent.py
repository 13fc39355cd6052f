"""What somebody changed lately, newest first: change sets, and single changes beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Q

from guanxi.core.actor import Actor
from guanxi.records.models import Change, ChangeSet
from guanxi.records.registry import record_types
from guanxi.records.time_machine.providers import undo_provider
from guanxi.records.time_machine.undo import UNDOABLE_VERBS, can_be_taken_back
from guanxi.records.undoing import UNDO_FOR

PAGE = 30


@dataclass(frozen=True, slots=True)
class Recent:
    """A change set, or one change of one record outside any set."""

    at: datetime
    change_set: ChangeSet | None = None
    change: Change | None = None

    @property
    def can_be_undone(self) -> bool:
        """Say whether its page offers to take it back; what stands in the way shows there."""
        if self.at < datetime.now(UTC) - UNDO_FOR:
            return False
        if self.change_set is None:
            return self.change is not None and can_be_taken_back(self.change)
        provider = undo_provider(self.change_set.kind)
        return provider is not None and provider.is_offered and self.change_set.undone_at is None


def read_recent(actor: Actor, before: datetime | None, *, everybody: bool = False) -> tuple[list[Recent], str]:
    """Return a page of what the actor changed, newest first, and the instant before which older entries lie.

    Administrators may ask for ``everybody``: change sets only, for the single changes of all stand in the log.
    """
    sets = ChangeSet.objects.select_related("actor", "undone_by").order_by("-at", "-pk")
    singles = Change.objects.filter(
        actor_id=actor.user_id, change_set_id=None, verb__in=UNDOABLE_VERBS,
        record_type__in=[item.name for item in record_types()],
    ).order_by("-at", "-pk")  # fmt: skip
    past = Q(at__lt=before) if before else Q()
    if not (everybody and actor.is_administrator):
        sets = sets.filter(actor_id=actor.user_id)
    found = [Recent(item.at, change_set=item) for item in sets.filter(past)[: PAGE + 1]]
    if not everybody:
        found += [Recent(item.at, change=item) for item in singles.filter(past)[: PAGE + 1]]
    found.sort(key=lambda item: item.at, reverse=True)
    shown = found[:PAGE]
    return shown, shown[-1].at.isoformat() if len(found) > PAGE else ""
