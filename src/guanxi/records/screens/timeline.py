"""What happened to a record: its changes and what features tell of it, merged by time, newest first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from markupsafe import Markup

from guanxi.core.actor import Actor
from guanxi.core.errors import Invalid
from guanxi.records import changes, registry
from guanxi.records.declaration import RecordType
from guanxi.records.models import Change
from guanxi.records.registry import Line
from guanxi.records.screens.sources import Names, names_of, set_title, way_text
from guanxi.records.screens.told import lines_of_changes
from guanxi.ui.record_page import TimelineDay, TimelineItem
from guanxi.ui.said import said as _

CHANGES = "changes"
PAGE = 30
_VERBS: dict[str, tuple[str, Callable[[], str]]] = {
    "created": ("plus", lambda: _("created this")), "changed": ("pencil", lambda: _("changed")),
    "deleted": ("trash", lambda: _("deleted this")), "restored": ("archive", lambda: _("restored this")),
    "imported": ("upload", lambda: _("imported this")), "merged": ("merge", lambda: _("merged this")),
    "undone": ("undo-2", lambda: _("took back a change")),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Timeline:
    """A page of the timeline and the instant from which older items follow (empty at the end)."""

    days: tuple[TimelineDay, ...]
    older: str = ""


def read_timeline(
    record_type: RecordType, record_id: int, actor: Actor, *, kind: str = "", before: str = "", limit: int = PAGE,
    rows: Sequence[Change] | None = None, names: Names | None = None,
) -> Timeline:  # fmt: skip
    """Return a page of what happened to a record that the actor may see.

    ``kind`` limits it to one source (``changes`` or a registered key); ``before`` continues after an earlier page.
    ``rows`` are the newest changes and ``names`` the names behind them, where the caller has read them already.
    Raises ``Invalid`` for an instant that can't be read.
    """
    moment = _moment(before)
    items: list[TimelineItem] = []
    if kind in ("", CHANGES):
        if rows is None:
            rows = changes.history(record_type.name, record_id, before=moment, limit=limit + 1)
        items += _change_items(rows[: limit + 1], actor, names or names_of(rows), kind == CHANGES)
    for source in registry.timeline_sources(record_type.name):
        if kind in ("", source.key):
            items += [_feature_item(item, source.key) for item in source.read(actor, record_id, moment, limit + 1)]
    items.sort(key=lambda item: item.at, reverse=True)
    shown = items[:limit]
    older = shown[-1].at.isoformat() if len(items) > limit and shown else ""
    return Timeline(tuple(_days(shown)), older)


def _moment(before: str) -> datetime:
    if not before:
        return datetime.now(UTC) + timedelta(days=3650)
    try:
        found = parse_datetime(before.replace(" ", "+"))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Invalid({"before": [_("This page link is no longer valid. Start again at the first page.")]})
    return found


def _days(items: Sequence[TimelineItem]) -> Iterator[TimelineDay]:
    for day, group in groupby(items, key=lambda item: timezone.localtime(item.at).date()):
        yield TimelineDay(day, tuple(group))


def _feature_item(item: registry.TimelineItem, key: str) -> TimelineItem:
    body: str | Markup = Markup(item.html) if item.html else item.body
    title: Any = item.title
    if item.url:
        title = Markup('<a href="{}">{}</a>').format(item.url, item.title)
    return TimelineItem(item.key or f"{key}-{int(item.at.timestamp())}", item.icon, item.at, title, actor=item.who,
                        detail=item.source, body=body, kind=item.kind, menu=item.menu)  # fmt: skip


def _change_items(rows: Sequence[Change], actor: Actor, names: Names, with_first: bool) -> list[TimelineItem]:
    lines = lines_of_changes((row for row in rows if with_first or row.verb != "created"), actor)
    return [_change_item(row, names, lines.get(row.pk, ()), actor) for row in rows]


def _change_item(row: Change, names: Names, lines: tuple[Line, ...], actor: Actor) -> TimelineItem:
    icon, words = _VERBS.get(row.verb) or ("pencil", lambda: row.verb)
    detail = "" if row.via == "web" else way_text(row.via)
    title = set_title(names, row.change_set_id, actor)
    detail = " · ".join(part for part in (detail, title) if part)
    return TimelineItem(f"c{row.pk}", icon, row.at, words(), actor=names.person(row.actor_id), detail=detail,
                        kind=CHANGES, changes=lines, tone="quiet" if row.verb == "changed" else "")  # fmt: skip
