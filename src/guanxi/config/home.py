"""The first page: what the reader has to do today, and where the reader left off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guanxi.config.shell import address
from guanxi.core.actor import Actor
from guanxi.core.policy import signed_in
from guanxi.records import listing
from guanxi.records.registry import find_record_type
from guanxi.records.screens import places
from guanxi.records.screens.state import ListState
from guanxi.ui import formats
from guanxi.ui.frame import frame_page

MOST = 8
_OPEN = {"all": [{"field": "status", "op": "not_in", "value": ["done"]}, {"field": "owner", "op": "me"}]}


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a card of the first page."""

    label: str
    url: str
    meta: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True)
class HomeCard:
    """A card of the first page; ``all_url`` opens the whole list."""

    title: str
    icon: str
    entries: tuple[Entry, ...]
    all_url: str
    empty_text: str


@signed_in
@require_GET
def show_home(request: HttpRequest) -> HttpResponse:
    """Show the first page."""
    actor = cast(Actor, request.actor)  # type: ignore[attr-defined]
    frame_page(request, _("Home"), place="/")
    cards = [card for card in (_tasks(actor), _valued(actor), _recent(actor)) if card is not None]
    context = {"cards": cards, "value_url": address("value.dashboard"), "name": actor.name}
    return render(request, "home/home.html", context)


def _tasks(actor: Actor) -> HomeCard | None:
    """My open tasks, those due first on top."""
    record_type = find_record_type("task")
    if record_type is None or not actor.may("view", "task"):
        return None
    query = listing.Query(("subject", "due_at", "customer"), _OPEN, sort=("due_at",), limit=MOST)
    now = timezone.now()
    entries = tuple(
        Entry(row["subject"], places.record_url(record_type, row["id"]), _due(row["due_at"]),
              late=row["due_at"] is not None and row["due_at"] < now)
        for row in listing.read_page(record_type, query, actor).rows
    )  # fmt: skip
    url = ListState(view="mine").url(places.list_url(record_type))
    return HomeCard(_("My open tasks"), record_type.icon, entries, url, _("Nothing to do. Well done."))


def _valued(actor: Actor) -> HomeCard | None:
    """My customers of the highest value."""
    record_type = find_record_type("customer")
    if record_type is None or not actor.may("view", "customer") or not actor.sees_field("customer", "value"):
        return None
    query = listing.Query(("name", "value"), {"field": "owner", "op": "me"}, sort=("-value",), limit=MOST)
    entries = tuple(
        Entry(row["name"], places.record_url(record_type, row["id"]), _money(row["value"]))
        for row in listing.read_page(record_type, query, actor).rows
    )
    url = ListState(view="mine").url(places.list_url(record_type))
    return HomeCard(_("My most valuable customers"), "trophy", entries, url, _("No customers are yours yet."))


def _recent(actor: Actor) -> HomeCard | None:
    """Customers changed last."""
    record_type = find_record_type("customer")
    if record_type is None or not actor.may("view", "customer"):
        return None
    query = listing.Query(("name", "created_at"), sort=("-created_at",), limit=MOST)
    entries = tuple(
        Entry(row["name"], places.record_url(record_type, row["id"]), formats.relative(row["created_at"]))
        for row in listing.read_page(record_type, query, actor).rows
    )
    url = ListState(sort=("-created_at",)).url(places.list_url(record_type))
    return HomeCard(_("New customers"), record_type.icon, entries, url, _("No customers yet."))


def _due(due_at: datetime | None) -> str:
    return formats.day_short(due_at)


def _money(value: object) -> str:
    if isinstance(value, dict):
        return formats.money(value["amount"], value["currency"])
    return ""
