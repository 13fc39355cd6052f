"""My day: what a device keeps for the way, so that it can be read without a connection."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from guanxi.config.home import MINE, MY_OPEN
from guanxi.core.actor import Actor
from guanxi.core.policy import signed_in
from guanxi.records import listing
from guanxi.records.registry import find_record_type
from guanxi.records.screens import places
from guanxi.records.screens.answers import actor_of
from guanxi.records.screens.cells import is_late
from guanxi.ui import formats

MOST_TASKS, MOST_CUSTOMERS = 20, 12
QUICK = ("task", "note", "interaction", "customer")


@signed_in
@require_GET
def show_day(request: HttpRequest) -> JsonResponse:
    """Answer what a device keeps of the reader's day: tasks, their customers, and the pages to hold.

    ``pages`` are addresses in the order of their weight; ``keep`` are the beginnings of addresses of records whose
    pages a device may hold after somebody opened them.
    """
    actor = actor_of(request)
    tasks, customers = _tasks(actor), _customers(actor)
    known = {item["id"] for item in customers}
    for task in tasks:
        about = task.pop("about")
        if about and about["id"] not in known and len(customers) < MOST_TASKS + MOST_CUSTOMERS:
            known.add(about["id"])
            customers.insert(0, _customer(about["id"], about["label"], ""))
    day = {
        "user": actor.user_id, "as_of": timezone.now().isoformat(), "tasks": tasks, "customers": customers,
        "pages": _pages(actor, tasks, customers), "keep": _kept_types(actor),
    }  # fmt: skip
    return JsonResponse(day)


def _tasks(actor: Actor) -> list[dict[str, Any]]:
    record_type = find_record_type("task")
    wanted = ("subject", "due_at", "status", "owner", "customer")
    if record_type is None or not actor.may("view", "task") or not all(actor.sees_field("task", n) for n in wanted):
        return []
    query = listing.Query(("subject", "due_at", "status", "customer"), MY_OPEN, sort=("due_at",), limit=MOST_TASKS)
    return [
        {"id": row["id"], "title": row["subject"], "url": places.record_url(record_type, row["id"]),
         "due": formats.day_short(row["due_at"]), "late": is_late(record_type["due_at"], row),
         "about": row["customer"], "customer": (row["customer"] or {}).get("label") or ""}
        for row in listing.read_page(record_type, query, actor).rows
    ]  # fmt: skip


def _customers(actor: Actor) -> list[dict[str, Any]]:
    """My customers that changed last."""
    record_type = find_record_type("customer")
    wanted = ("name", "owner", "updated_at", "city")
    if record_type is None or not actor.may("view", "customer"):
        return []
    if not all(record_type.get(n) and actor.sees_field("customer", n) for n in wanted):
        return []
    query = listing.Query(("name", "city"), MINE, sort=("-updated_at",), limit=MOST_CUSTOMERS)
    rows = listing.read_page(record_type, query, actor).rows
    return [_customer(row["id"], row["name"], row["city"] or "") for row in rows]


def _customer(record_id: int, title: str, detail: str) -> dict[str, Any]:
    record_type = find_record_type("customer")
    assert record_type is not None
    return {"id": record_id, "title": title, "detail": detail, "url": places.record_url(record_type, record_id)}


def _pages(actor: Actor, tasks: list[dict[str, Any]], customers: list[dict[str, Any]]) -> list[str]:
    """Return the addresses to hold: home, my tasks, the small forms, then the records of the day."""
    task = find_record_type("task")
    found = [reverse("home")]
    if task is not None and actor.may("view", "task"):
        found.append(places.list_url(task))
    for name in QUICK:
        record_type = find_record_type(name)
        if record_type is not None and actor.may("create", name):
            found.append(places.page_url(record_type, "quick"))
    return found + [item["url"] for item in (*tasks, *customers)]


def _kept_types(actor: Actor) -> list[str]:
    types = [item for name in ("customer", "task") if (item := find_record_type(name)) and actor.may("view", name)]
    return [places.list_url(item) for item in types]
