"""What the calendar and timeline templates show; the records package fills it from a declaration and the address."""

from __future__ import annotations

from dataclasses import dataclass

from guanxi.ui.list_page import ListPage
from guanxi.ui.parts import Action


@dataclass(frozen=True, slots=True)
class Event:
    """A record at its date. ``time`` is ready text, empty for whole days; ``tip`` says all of it.

    ``row`` and ``height`` place it on the hours in quarters of an hour (from 1), ``lane`` and ``lanes`` side by side
    with those that overlap it; on a timeline ``row`` is its first column and ``height`` how many it covers.
    ``move_url`` takes POST ``day``, or ``at`` and ``minutes``, with ``version``; empty where it may not move.
    """

    id: int
    name: str
    url: str
    peek_url: str
    version: int
    time: str = ""
    tip: str = ""
    color: str = "indigo"
    move_url: str = ""
    late: bool = False
    row: int = 0
    height: int = 2
    lane: int = 0
    lanes: int = 1
    begins: bool = True
    ends: bool = True


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour of a day: its words and its instant in ISO form; ``missing`` where the clocks leave it out."""

    label: str
    at: str
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """A day: whole-day events and, on hours, timed ones; ``more`` is how many stand on it beyond those shown."""

    iso: str
    label: str
    weekday: str
    number: str
    is_today: bool = False
    is_outside: bool = False
    events: tuple[Event, ...] = ()
    timed: tuple[Event, ...] = ()
    hours: tuple[Hour, ...] = ()
    more: int = 0
    more_url: str = ""
    create_url: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A choice of how much time is shown."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """A calendar (``weeks`` of days, or ``days`` with hours, or an agenda) or a timeline (``columns`` and ``rows``).

    ``agenda`` are the days that have events; on a phone it stands for a month that nobody asked for by name.
    """

    head: ListPage
    kind: str
    title: str
    zone: str
    spans: tuple[Span, ...]
    previous_url: str
    next_url: str
    today_url: str
    by: str
    until: str
    weeks: tuple[tuple[Day, ...], ...] = ()
    days: tuple[Day, ...] = ()
    agenda: tuple[Day, ...] = ()
    rows: tuple[Event, ...] = ()
    ticks: tuple[tuple[int, int, str], ...] = ()
    columns: int = 0
    now: int = 0
    notice: str = ""
    agenda_on_phones: bool = False
    create: Action | None = None
