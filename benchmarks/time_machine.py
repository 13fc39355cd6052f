"""How long the time machine takes: undoing a large bulk edit, and lists as of a time before many changes.

``bulk_edit``, ``preview`` and ``undo`` work on all customers, ``redo`` takes the undo back. ``list_as_of``,
``count_as_of`` and ``record_as_of`` look at an instant after which ``--changes`` single customers were changed, in a
table of ``--customers``; ``list_now`` is the same list of the present, ``list_before_bulk`` the list before the bulk
edit, over which as many old values are laid as it changed rows.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median
from typing import Any

from benchmarks import place

ROUNDS = 5
FIELDS = ("name", "kind", "status", "city", "owner")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--customers", type=int, default=100_000, help="size of the data set; data set L is 1000000")
    parser.add_argument("--no-bulk", action="store_true", help="leave the bulk edit of all customers and its undo out")
    parser.add_argument("--changes", type=int, default=1_000, help="single changes since the instant looked back to")


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Fill the data set once, then measure."""
    place.choose_home(arguments.customers)
    with place.database():
        from guanxi.cli.django_setup import use_django

        use_django("owner")
        from benchmarks.filling import fill

        fill(arguments.customers)
        figures = {} if arguments.no_bulk else _undoing()
        figures |= _looking_back(arguments.changes)
    return {"customers": arguments.customers, "changes": arguments.changes, "figures": figures}


def _undoing() -> dict[str, Any]:
    """Change one field of all customers, look at what undoing would do, and undo and redo it."""
    from guanxi.core.actor import SYSTEM
    from guanxi.records.bulk import Selection, change_many
    from guanxi.records.listing import Query
    from guanxi.records.registry import record_type
    from guanxi.records.time_machine.lists import read_page_as_of
    from guanxi.records.time_machine.undo import find_change_set, preview_undo, undo_change_set

    customer, before = record_type("customer"), datetime.now(UTC)
    value, figures = f"bench {before:%H%M%S}", dict[str, Any]()
    whole = Selection(query=Query(()))
    made, figures["bulk_edit"] = _timed(lambda: change_many(customer, whole, SYSTEM, "acquired_through", value))
    change_set = find_change_set(SYSTEM, made.change_set_id)
    preview, figures["preview"] = _timed(lambda: preview_undo(SYSTEM, change_set))
    _page, figures["list_before_bulk"] = _timed(lambda: read_page_as_of(customer, _query(), SYSTEM, before))
    undone, figures["undo"] = _timed(lambda: undo_change_set(SYSTEM, made.change_set_id))
    redone, figures["redo"] = _timed(lambda: undo_change_set(SYSTEM, undone.change_set_id or 0))
    undo_change_set(SYSTEM, made.change_set_id)
    rows = {"bulk_edit": made.changed, "preview": preview.total, "undo": undone.total, "redo": redone.total}
    return {name: {**figure, "rows": rows.get(name)} for name, figure in figures.items()}


def _query() -> Any:
    from guanxi.records.listing import Query

    tree = {"field": "status", "op": "in", "value": ["active", "prospect"]}
    return Query(FIELDS, filter=tree, sort=("name",))


def _looking_back(changes: int) -> dict[str, Any]:
    """Change some customers one by one, then look at the list and one record before that."""
    from guanxi.core.actor import SYSTEM
    from guanxi.customers.models import Customer
    from guanxi.records.listing import count, read_page
    from guanxi.records.registry import record_type
    from guanxi.records.time_machine.lists import count_as_of, read_page_as_of
    from guanxi.records.time_machine.records import read_record_as_of
    from guanxi.records.writing import change_record

    customer, query, at = record_type("customer"), _query(), datetime.now(UTC)
    everybody = list(Customer._default_manager.order_by("pk").values_list("pk", flat=True))
    step = max(1, len(everybody) // changes)
    for n, pk in enumerate(everybody[::step][:changes]):
        change_record(Customer._default_manager.get(pk=pk), actor=SYSTEM, occupation=f"Bench {n} {at:%H%M%S}")
    return {
        "list_now": _repeated(lambda: read_page(customer, query, SYSTEM)),
        "list_as_of": _repeated(lambda: read_page_as_of(customer, query, SYSTEM, at)),
        "count_now": _repeated(lambda: count(customer, query, SYSTEM)),
        "count_as_of": _repeated(lambda: count_as_of(customer, query, SYSTEM, at)),
        "record_as_of": _repeated(lambda: read_record_as_of(customer, everybody[0], FIELDS, SYSTEM, at)),
    }


def _timed(work: Callable[[], Any]) -> tuple[Any, dict[str, Any]]:
    began = time.monotonic()
    found = work()
    return found, {"seconds": round(time.monotonic() - began, 2)}


def _repeated(work: Callable[[], Any]) -> dict[str, Any]:
    """Return the median of a few rounds after a first one."""
    work()
    return {"ms": round(median(_timed_ms(work) for _round in range(ROUNDS)), 1)}


def _timed_ms(work: Callable[[], Any]) -> float:
    began = time.monotonic()
    work()
    return (time.monotonic() - began) * 1000
