"""Events, channels and quiet hours."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from guanxi.core.errors import type_text

CHANNELS = ("app", "mail", "push")
MENTION, COMMENT, ASSIGNED, CHANGED, JOB = "mention", "comment", "assigned", "changed", "job"


@dataclass(frozen=True, slots=True)
class Event:
    """A kind of happening of which people are told, with the channels it takes unless they wish otherwise."""

    key: str
    label: type_text
    help: type_text
    usual: tuple[str, ...]


EVENTS = (
    Event(MENTION, _("Mentions"), _("Somebody addresses you in a comment."), ("app", "mail", "push")),
    Event(ASSIGNED, _("Given to you"), _("Somebody makes you the owner of a record."), ("app", "mail", "push")),
    Event(COMMENT, _("Comments"), _("Somebody comments on a record you follow."), ("app", "mail")),
    Event(CHANGED, _("Changes"), _("Somebody changes a record you follow."), ("app",)),
    Event(JOB, _("Work in the background"), _("A file you load, or a change of many records, has ended."), ("app",)),
)


@dataclass(frozen=True, slots=True)
class Wishes:
    """How one user wants to be told. Quiet hours run from ``quiet_from`` to ``quiet_to``, over midnight too."""

    channels: Mapping[str, Collection[str]] = field(default_factory=dict)
    quiet_from: time | None = None
    quiet_to: time | None = None
    mentions_break_quiet: bool = False

    def wants(self, event: str, channel: str) -> bool:
        """Say whether an event takes a channel."""
        usual = next((item.usual for item in EVENTS if item.key == event), ())
        return channel in self.channels.get(event, usual)


def quiet_until(wishes: Wishes, now: datetime, time_zone: str) -> datetime | None:
    """Return when the present quiet hours of somebody in ``time_zone`` end, or None when it isn't quiet now.

    ``now`` is aware. Quiet hours that begin and end at the same time are none. In the hour that a clock is put forward
    over, they end with it.
    """
    start, end = wishes.quiet_from, wishes.quiet_to
    if start is None or end is None or start == end:
        return None
    zone = ZoneInfo(time_zone)
    here = now.astimezone(zone)
    clock = here.time().replace(tzinfo=None)
    is_quiet = start <= clock < end if start < end else clock >= start or clock < end
    if not is_quiet:
        return None
    day = here.date() + timedelta(days=1 if clock >= end else 0)
    return datetime.combine(day, end, zone).astimezone(now.tzinfo)
