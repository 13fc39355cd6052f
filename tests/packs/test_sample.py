"""Sample data come and go without a trace; what people built on top of them stays, and is said beforehand."""

from __future__ import annotations

from typing import Any

import pytest

from guanxi.core.errors import NotAllowed
from guanxi.customers.models import Customer
from guanxi.packs.sample.services import KIND, LoadedAlready, load_samples, loaded_set, plan_removal, remove_samples
from guanxi.records.models import Change, ChangeSet
from guanxi.records.registry import record_type
from guanxi.records.writing import change_record, create_record
from guanxi.work.models import Comment, Note, Task
from tests.world import HOST, Tables, World
from tests.worldly import sandbox, world

__all__ = ["sandbox", "world"]
# What only ever grows: the log, the sets of changes in it, and numbers that were given out.
LOGS = ("records_change", "records_changeset")


def contents(tables: Tables) -> dict[str, Any]:
    """How many rows every table but the logs has, and a sum over all that stands in them, with who wrote each."""
    return {name: found for name, *found in tables.fingerprint() if not name.startswith(LOGS)}


def test_what_was_loaded_goes_and_every_other_row_is_untouched(sandbox: World) -> None:
    tables = Tables()
    before = contents(tables)

    made = load_samples(actor=sandbox.actor("root"))
    assert made.counts["rows"] == Change.objects.filter(change_set_id=made.pk, verb="created").count() > 40
    assert contents(tables) != before
    removal = remove_samples(actor=sandbox.actor("root"))

    assert removal.count == made.counts["rows"]
    assert (removal.kept, removal.changed) == ({}, ())
    assert contents(tables) == before
    assert loaded_set() is None


def test_samples_that_records_of_ones_own_refer_to_stay_with_what_they_need(sandbox: World) -> None:
    root = sandbox.actor("root")
    made = load_samples(actor=root)
    ids = Change.objects.filter(change_set_id=made.pk, record_type="customer").order_by("pk")
    noted, commented, free = (Customer.objects.get(pk=row.record_id) for row in ids[:3])
    note = create_record(record_type("note"), actor=root, values={"customer": noted.pk, "body": "My own words"})
    Comment._default_manager.create(
        record_type="customer", record_id=commented.pk, body="Ours", author_id=root.user_id or 0
    )
    change_record(free, actor=root, city="Elsewhere")

    plan = plan_removal(made)
    assert set(plan.kept["customer"]) == {noted.pk, commented.pk}
    assert plan.kept_titles == tuple(sorted((noted.name, commented.name)))
    assert plan.changed == (free.name,)

    remove_samples(actor=root)
    assert set(Customer.objects.filter(pk__in=[noted.pk, commented.pk, free.pk]).values_list("pk", flat=True)) == {
        noted.pk, commented.pk}  # fmt: skip
    assert Note._default_manager.get(pk=note.pk).customer_id == noted.pk
    assert Task._default_manager.filter(customer_id=noted.pk).count() == 0, "samples about it are gone"


def test_they_are_loaded_once_and_only_by_administrators(sandbox: World) -> None:
    with pytest.raises(NotAllowed):
        load_samples(actor=sandbox.actor("bo"))
    assert not ChangeSet.objects.filter(kind=KIND).exists()
    load_samples(actor=sandbox.actor("root"))
    customers = Customer.objects.count()
    with pytest.raises(LoadedAlready):
        load_samples(actor=sandbox.actor("root"))
    assert Customer.objects.count() == customers
    with pytest.raises(NotAllowed):
        remove_samples(actor=sandbox.actor("mei"))
    assert Customer.objects.count() == customers


def test_an_administrator_loads_and_removes_them_on_the_page_of_getting_started(sandbox: World) -> None:
    client = sandbox.clients["root"]
    assert "Load sample data" in client.get("/settings/start/", **HOST).content.decode()
    assert client.post("/settings/start/samples/load/", **HOST).status_code == 302
    made = loaded_set()
    assert made is not None
    assert "Remove sample data" in client.get("/settings/start/", **HOST).content.decode()
    page = client.get("/settings/start/samples/remove/", **HOST).content.decode()
    assert f"Remove {made.counts['rows']} records" in page
    assert client.post("/settings/start/samples/remove/", **HOST).status_code == 302
    assert loaded_set() is None
