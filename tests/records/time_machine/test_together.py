"""Many at once on the same records: nobody's saved edit is lost, whoever comes second is told, undo happens once."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from threading import Barrier

import pytest
from django.db import connection, connections
from pytest_django.plugin import DjangoDbBlocker

from guanxi.core.actor import SYSTEM
from guanxi.core.errors import Conflict, NotFound
from guanxi.customers.models import Customer
from guanxi.records.bulk import Selection, change_many
from guanxi.records.models import Change, ChangeSet
from guanxi.records.registry import record_type
from guanxi.records.time_machine.providers import AlreadyUndone
from guanxi.records.time_machine.undo import undo_change_set
from guanxi.records.writing import change_record, create_record, delete_record, meant, restore_record
from tests.at_once import at_once

CUSTOMER = record_type("customer")
CLIENTS = 4
FIELDS = ("city", "occupation", "industry", "income_band")


@pytest.fixture
def customers(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Callable[[int], list[int]]]:
    """Make customers that every connection sees; they and their history are gone after the test."""
    made: list[int] = []

    def make(number: int) -> list[int]:
        found = [create_record(CUSTOMER, actor=SYSTEM, values={"name": f"Met {n}"}).pk for n in range(number)]
        made.extend(found)
        return found

    with django_db_blocker.unblock():
        yield make
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM records_change WHERE record_type = 'customer' AND record_id = ANY(%s)", [made])
        Customer.objects.filter(pk__in=made).delete()
        ChangeSet.objects.filter(actor=None, kind__in=("bulk_edit", "taken_back")).delete()


def _edit(pk: int, seed: int) -> list[tuple[str, str]]:
    """Read a record and save some fields with the version read, a few times; returns what was saved."""
    chance = random.Random(seed)
    saved: list[tuple[str, str]] = []
    for turn in range(3):
        version = Customer.objects.values_list("version", flat=True).get(pk=pk)
        values = {name: f"{seed}-{turn}-{name}" for name in chance.sample(FIELDS, chance.randint(1, 2))}
        try:
            change_record(meant(CUSTOMER, pk), actor=SYSTEM, version=version, **values)
        except Conflict:
            continue
        saved += values.items()
    return saved


@contextmanager
def _clients(number: int) -> Iterator[ThreadPoolExecutor]:
    """Give so many threads that keep their connections as long as the block; making one takes longer than an edit."""
    with ThreadPoolExecutor(number) as pool:
        try:
            yield pool
        finally:
            gate = Barrier(number)
            list(pool.map(lambda _: (gate.wait(), connections.close_all()), range(number)))


def _chain(pk: int) -> Counter[tuple[str, str]]:
    """Follow each field of a record through its history: every old value is the new one before it, up to the present."""
    now: dict[str, str] = {}
    seen: Counter[tuple[str, str]] = Counter()
    rows = list(Change.objects.filter(record_type="customer", record_id=pk).order_by("pk"))
    for row in rows[1:]:
        for name, (old, new) in row.fields.items():
            assert old == now.get(name, ""), (row.pk, name)
            now[name] = new
            seen[name, new] += 1
    record = Customer.objects.get(pk=pk)
    assert {name: getattr(record, name) for name in now} == now
    assert record.version == len(rows)
    assert [row.at for row in rows] == sorted(row.at for row in rows)
    return seen


def _histories(make: Callable[[int], list[int]], number: int) -> int:
    """Have so many histories of one record each written by several clients at once; returns how many edits were saved."""
    ids = make(number)
    total = 0
    with _clients(CLIENTS * 2) as pool:
        for start in range(0, number, 50):
            chunk = ids[start : start + 50]
            jobs = {pk: [pool.submit(_edit, pk, pk * 10 + n) for n in range(CLIENTS)] for pk in chunk}
            for pk, waiting in jobs.items():
                saved = Counter(pair for job in waiting for pair in job.result())
                assert _chain(pk) == saved
                total += sum(saved.values())
    return total


def test_no_saved_edit_is_lost_in_concurrent_histories(customers: Callable[[int], list[int]]) -> None:
    assert _histories(customers, 60) > 60


@pytest.mark.full
def test_no_saved_edit_is_lost_in_ten_thousand_concurrent_histories(customers: Callable[[int], list[int]]) -> None:
    assert _histories(customers, 10_000) > 10_000


def test_a_stale_write_is_refused_with_both_values(customers: Callable[[int], list[int]]) -> None:
    (pk,) = customers(1)
    cities = [f"City {n}" for n in range(8)]

    found = at_once(
        [lambda city=city: change_record(meant(CUSTOMER, pk), actor=SYSTEM, version=1, city=city) for city in cities]
    )

    (winner,) = [item for item in found if not isinstance(item, Conflict)]
    losers = [item for item in found if isinstance(item, Conflict)]
    assert len(losers) == 7
    assert {item.fields["city"][0] for item in losers} == {winner.city}
    assert {winner.city, *(item.fields["city"][1] for item in losers)} == set(cities)
    assert Customer.objects.get(pk=pk).city == winner.city


def test_edit_and_deletion_at_once_leave_one_story(customers: Callable[[int], list[int]]) -> None:
    for pk in customers(12):
        found = at_once(
            [
                lambda pk=pk: change_record(meant(CUSTOMER, pk), actor=SYSTEM, version=1, city="Oslo"),
                lambda pk=pk: delete_record(meant(CUSTOMER, pk), actor=SYSTEM),
                lambda pk=pk: delete_record(meant(CUSTOMER, pk), actor=SYSTEM),
                lambda pk=pk: restore_record(CUSTOMER, pk, actor=SYSTEM),
            ],
        )  # fmt: skip
        verbs = list(
            Change.objects.filter(record_type="customer", record_id=pk).order_by("pk").values_list("verb", flat=True)
        )
        refused = [item for item in found if isinstance(item, NotFound)]
        assert len(verbs) == 1 + 4 - len(refused), (verbs, found)
        lives = [verb for verb in verbs if verb in ("deleted", "restored")]
        assert all(one != two for one, two in pairwise(lives))
        record = Customer.objects.get(pk=pk)
        assert record.version == len(verbs)
        assert (record.deleted_at is not None) == (lives[-1:] == ["deleted"])
        assert record.city == ("Oslo" if "changed" in verbs else "")


def test_a_change_set_that_many_undo_at_once_is_undone_once(customers: Callable[[int], list[int]]) -> None:
    ids = customers(20)
    made = change_many(CUSTOMER, Selection(tuple(ids)), SYSTEM, "status", "lost")

    found = at_once([lambda: undo_change_set(SYSTEM, made.change_set_id)] * 5)

    assert sorted(type(item).__name__ for item in found) == ["AlreadyUndone"] * 4 + ["Undone"]
    assert all(isinstance(item, AlreadyUndone) or item.total == 20 for item in found)
    assert Change.objects.filter(record_type="customer", record_id__in=ids, verb="undone").count() == 20
    assert set(Customer.objects.filter(pk__in=ids).values_list("status", flat=True)) == {"active"}
