"""The first page: what the reader has to do today, whom to call, who brings and who costs, and what is new."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guanxi.config.shell import address
from guanxi.config.start import welcome
from guanxi.core.actor import Actor
from guanxi.core.policy import signed_in
from guanxi.records import access, listing
from guanxi.records.declaration import RecordType
from guanxi.records.filters import Tree, format_condition
from guanxi.records.registry import find_record_type
from guanxi.records.screens import places
from guanxi.records.screens.answers import actor_of
from guanxi.records.screens.cells import chips_of, is_late
from guanxi.records.screens.state import ListState
from guanxi.ui import formats
from guanxi.ui.frame import frame_page
from guanxi.ui.parts import Chip

MOST = 8
MINE: Tree = {"field": "owner", "op": "me"}
MY_OPEN: Tree = {"all": [{"field": "status", "op": "not_in", "value": ["done"]}, MINE]}
_QUIET: Tree = {"field": "rhythm", "op": "in", "value": ["slowing", "dormant"]}
_VALUABLE: Tree = {"field": "tier", "op": "in", "value": ["platinum", "gold"]}
_NEGATIVE: Tree = {"field": "tier", "op": "in", "value": ["negative"]}


@dataclass(frozen=True, slots=True)
class Completion:
    """What one press on a line changes: ``values`` as a form would send them, on top of ``version``."""

    path: str
    record_id: int
    version: int
    values: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a card of the first page; ``about`` says quietly whom it is about."""

    label: str
    url: str
    meta: str = ""
    late: bool = False
    about: str = ""
    chip: Chip | None = None
    complete: Completion | None = None


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
    actor = actor_of(request)
    frame_page(request, _("Home"), place="/")
    context = {"cards": home_cards(actor), "value_url": address("value.dashboard"), "name": actor.name,
               "welcome": welcome(actor), "away_url": reverse("preference.away")}  # fmt: skip
    return render(request, "home/home.html", context)


def home_cards(actor: Actor) -> list[HomeCard]:
    """Return the cards of the first page that the actor's rights allow."""
    found = (_tasks(actor), *_customer_cards(actor), _interactions(actor))
    return [card for card in found if card is not None]


def _tasks(actor: Actor) -> HomeCard | None:
    """My open tasks, those due first on top."""
    record_type = _readable(actor, "task", "subject", "due_at", "status", "owner")
    if record_type is None:
        return None
    query = listing.Query(("subject", "due_at", "status"), MY_OPEN, sort=("due_at",), limit=MOST)
    rows = listing.read_page(record_type, query, actor).rows
    versions = _versions(actor, record_type, [row["id"] for row in rows])
    entries = tuple(
        Entry(row["subject"], places.record_url(record_type, row["id"]), _due(row["due_at"]),
              late=is_late(record_type["due_at"], row),
              complete=Completion(record_type.path, row["id"], versions[row["id"]], "status=done")
              if row["id"] in versions else None)
        for row in rows
    )  # fmt: skip
    url = ListState(view="mine").url(places.list_url(record_type))
    return HomeCard(_("My open tasks"), record_type.icon, entries, url, _("Nothing to do. Well done."))


def _versions(actor: Actor, record_type: RecordType, ids: list[int]) -> dict[int, int]:
    """Return the versions of those of these records whose status the actor may change."""
    if not ids or not actor.edits_field(record_type.name, "status"):
        return {}
    rows = access.visible_to(actor, record_type, "edit").filter(pk__in=ids)
    return dict(rows.values_list("pk", "version"))


def _customer_cards(actor: Actor) -> Iterator[HomeCard]:
    """Whom to call, who brings and who costs: among my customers, or among all that I see where none is mine."""
    record_type = _readable(actor, "customer", "name")
    if record_type is None:
        return
    if _readable(actor, "customer", "value", "rhythm", "tier", "owner"):
        mine = bool(listing.read_page(record_type, listing.Query(("name",), MINE, limit=1), actor).rows)
        own: tuple[Tree, ...] = (MINE,) if mine else ()
        yield _customers(
            actor, record_type, _("Valuable and going quiet"), "bell", _("Nobody valuable has gone quiet."),
            where=(*own, _QUIET, _VALUABLE), sort="-value", shown="value", chip="rhythm",
        )  # fmt: skip
        title = _("My most valuable customers") if mine else _("Most valuable customers")
        yield _customers(
            actor, record_type, title, "trophy", _("No customers yet."), where=own, sort="-value", shown="value",
            chip="tier",
        )  # fmt: skip
        yield _customers(
            actor, record_type, _("Costing more than they bring"), "trending-down", _("Nobody costs more."),
            where=(*own, _NEGATIVE), sort="value", shown="value",
        )  # fmt: skip
    if _readable(actor, "customer", "created_at"):
        yield _customers(
            actor, record_type, _("New customers"), record_type.icon, _("No customers yet."), sort="-created_at",
            shown="created_at",
        )  # fmt: skip


def _customers(
    actor: Actor, record_type: RecordType, title: str, icon: str, empty_text: str, *, where: Sequence[Tree] = (),
    sort: str, shown: str, chip: str = "",
) -> HomeCard:  # fmt: skip
    columns = tuple(name for name in ("name", shown, chip) if name)
    query = listing.Query(columns, {"all": list(where)} if where else None, sort=(sort,), limit=MOST)
    chips = chips_of(record_type[chip]) if chip else {}
    entries = tuple(
        Entry(row["name"], places.record_url(record_type, row["id"]), _shown(row[shown]),
              chip=chips.get(row[chip]) if chip else None)
        for row in listing.read_page(record_type, query, actor).rows
    )  # fmt: skip
    state = ListState(conditions=tuple(format_condition(node) for node in where), sort=(sort,))
    return HomeCard(title, icon, entries, state.url(places.list_url(record_type)), empty_text)


def _interactions(actor: Actor) -> HomeCard | None:
    """What customers said last."""
    record_type = _readable(actor, "interaction", "subject", "customer", "occurred_at")
    if record_type is None:
        return None
    query = listing.Query(("subject", "customer", "occurred_at"), sort=("-occurred_at",), limit=MOST)
    entries = tuple(
        Entry(row["subject"], places.record_url(record_type, row["id"]), formats.relative(row["occurred_at"]),
              about=(row["customer"] or {}).get("label") or "")
        for row in listing.read_page(record_type, query, actor).rows
    )  # fmt: skip
    return HomeCard(
        _("Latest interactions"), record_type.icon, entries, places.list_url(record_type), _("No interactions yet.")
    )


def _readable(actor: Actor, type_name: str, *names: str) -> RecordType | None:
    """Return the record type where the actor may view it and sees these fields."""
    record_type = find_record_type(type_name)
    seen = actor.may("view", type_name) and all(actor.sees_field(type_name, name) for name in names)
    return record_type if seen else None


def _due(due_at: datetime | None) -> str:
    return formats.day_short(due_at)


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return formats.money(value["amount"], value["currency"])
    return formats.relative(value) if isinstance(value, datetime) else ""
