"""What somebody was told, as far as that person may see it now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from guanxi.core.actor import Actor
from guanxi.records.statements import ask
from guanxi.work.notification.models import Notification, NotificationWishes
from guanxi.work.notification.rules import Wishes
from guanxi.work.notification.telling import Line, lines_of

MOST_UNREAD = 300
READ_AT_ONCE = 200
_STATE = "SELECT count(*), coalesce(max(id), 0) FROM work_notification WHERE user_id = %s AND read_at IS NULL"


@dataclass(frozen=True, slots=True)
class Group:
    """What one user was told of one record, or of one change of many; the newest line first."""

    lines: tuple[Line, ...]

    @property
    def first(self) -> Line:
        """Return the newest line, which says what the group is about."""
        return self.lines[0]

    @property
    def different(self) -> tuple[Line, ...]:
        """Return the lines without those that say the same as a newer one."""
        return tuple({(line.who, line.sentence, line.text): line for line in reversed(self.lines)}.values())[::-1]

    @property
    def unread(self) -> int:
        """Return how many lines are unread."""
        return sum(not line.is_read for line in self.lines)


@dataclass(frozen=True, slots=True)
class Told:
    """A part of what a user was told, in groups, the newest first; ``older`` is where the next part begins, or 0.

    ``unread`` is how many lines of the part are unread, those of groups that were cut off too.
    """

    groups: tuple[Group, ...]
    older: int = 0
    unread: int = 0


def wishes_of(user_ids: Iterable[int]) -> dict[int, Wishes]:
    """Return how users want to be told; the usual way for those who never said."""
    ids = list(user_ids)
    said: dict[int, Wishes] = {pk: Wishes() for pk in ids}
    for row in NotificationWishes.objects.filter(user_id__in=ids):
        said[row.user_id] = Wishes(row.channels, row.quiet_from, row.quiet_to, row.mentions_break_quiet)
    return said


def read_told(actor: Actor, *, before: int | None = None, most_groups: int | None = None) -> Told:
    """Return the newest of what the actor was told in the program, grouped by record; ``before`` continues there."""
    rows = Notification.objects.filter(user_id=actor.user_id or 0)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-at", "-pk")[: READ_AT_ONCE + 1])
    shown = found[:READ_AT_ONCE]
    groups: dict[Any, list[Line]] = {}
    for line in lines_of(_for_app(actor, shown), actor):
        groups.setdefault(line.group, []).append(line)
    kept = [Group(tuple(lines)) for lines in groups.values()]
    older = shown[-1].pk if len(found) > READ_AT_ONCE else 0
    return Told(tuple(kept[:most_groups]), older, sum(group.unread for group in kept))


def unread_state(user_id: int) -> tuple[int, int]:
    """Return how many rows of a user are unread and the last of them: while these stay, so does what they say."""
    count, last = ask(_STATE, [user_id])[0]
    return int(count), int(last)


def count_unread(actor: Actor) -> int:
    """Return how many unread notifications the actor would find, up to ``MOST_UNREAD``: those that may be seen now."""
    rows = Notification.objects.filter(user_id=actor.user_id or 0, read_at=None).order_by("-at", "-pk")[:MOST_UNREAD]
    return len(lines_of(_for_app(actor, list(rows)), actor))


def _for_app(actor: Actor, rows: Sequence[Notification]) -> list[Notification]:
    if actor.user_id is None or not rows:
        return []
    wishes = wishes_of([actor.user_id])[actor.user_id]
    return [row for row in rows if wishes.wants(row.event, "app")]
