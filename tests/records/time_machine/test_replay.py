"""The past that is worked out from the event log is the past that was seen, whatever was done since and by which way."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guanxi.core.actor import Actor
from guanxi.core.errors import DomainError
from guanxi.records.bulk import Selection, bulk_fields, change_many, delete_many
from guanxi.records.declaration import RecordType, is_writable
from guanxi.records.importing import creating
from guanxi.records.listing import Query, read_page
from guanxi.records.models import Change, ChangeSet
from guanxi.records.registry import record_types
from guanxi.records.time_machine.answerable import kept_names
from guanxi.records.time_machine.lists import count_as_of, read_page_as_of
from guanxi.records.time_machine.past import looking_back
from guanxi.records.time_machine.records import read_record_as_of
from guanxi.records.time_machine.undo import undo_change_set, undo_one_change
from guanxi.records.writing import change_record, create_record, delete_record, restore_record
from tests.records.importing.conftest import Load, load
from tests.world import World, taken_back, valid_value, valid_values

__all__ = ["load"]
TYPES = [item for item in record_types() if item.creatable and item.editable and item.name not in ("user", "role")]
EDITS = 25  # in each history
RELAXED = list(HealthCheck)


@dataclass
class History:
    """One random history of one record type: who acts, what was seen when, and how many edits were made."""

    world: World
    record_type: RecordType
    actor: Actor
    chance: random.Random
    load: Load
    seen: list[tuple[datetime, Query, list[dict[str, Any]], int]] = field(default_factory=list)
    edits: int = 0

    def run(self, edits: int) -> None:
        """Make random edits until so many succeeded, looking at the list after each."""
        ways: list[Callable[[], object]] = [
            self.create, self.change, self.change, self.change, self.change_many, self.delete, self.restore,
            self.delete_many, self.undo_set, self.undo_change,
        ]  # fmt: skip
        for _attempt in range(edits * 20):
            if self.edits >= edits:
                return
            way = self.chance.choice([*ways, self.import_file] if self.record_type.name == "customer" else ways)
            try:
                with transaction.atomic():
                    done = way()
            except DomainError:
                continue
            self.edits += bool(done)
            self.look()

    def look(self) -> None:
        """Keep what the list shows now, in a random order and sometimes behind a filter."""
        names = kept_names(self.record_type, self.actor)
        sortable = [name for name in names if self.record_type[name].sortable]
        sort = (self.chance.choice(("", "-")) + self.chance.choice(sortable),) if sortable else ("id",)
        choices = [name for name in names if self.record_type[name].choices and self.record_type[name].kind == "choice"]
        tree: dict[str, Any] | None = None
        if choices and self.chance.random() < 0.5:
            name = self.chance.choice(choices)
            value = self.chance.choice(self.record_type[name].choices).value
            tree = {"field": name, "op": "in", "value": [value]}
        query = Query(names, filter=tree, sort=sort, limit=200)
        rows = read_page(self.record_type, query, self.actor).rows
        self.seen.append((datetime.now(UTC), query, rows, len(rows)))

    def compare(self) -> None:
        """Every look back shows what was seen then: the list, its number, and one of its records."""
        names = kept_names(self.record_type, self.actor)
        for at, query, rows, number in self.seen:
            with looking_back(at, self.actor):
                assert read_page_as_of(self.record_type, query, self.actor, at).rows == rows
                assert count_as_of(self.record_type, query, self.actor, at).number == number
            for row in rows[:1]:
                found = read_record_as_of(self.record_type, row["id"], names, self.actor, at)
                assert found.state == "there"
                assert _without_titles(found.row) == _without_titles(row)

    def _some(self, *, deleted: bool = False) -> Any:
        rows = self.record_type.model._default_manager.filter(deleted_at__isnull=not deleted)
        return self.chance.choice(list(rows.order_by("pk")) or [None])

    def _value(self, name: str) -> Any:
        item = self.record_type[name]
        if not item.required and self.chance.random() < 0.3:
            return {"choices": [], "tags": [], "boolean": False}.get(item.kind)
        return valid_value(self.world, self.record_type, item, "mei", self.chance.randint(0, 60))

    def create(self) -> object:
        """Make a record with all values, or only with those it requires."""
        required = self.chance.random() < 0.3
        values = valid_values(self.world, self.record_type, "mei", self.chance.randint(100, 10**6), required=required)
        return create_record(self.record_type, actor=self.actor, values=values)

    def change(self) -> object:
        """Change a few fields of one record."""
        record = self._some()
        names = [item.name for item in self.record_type.fields if is_writable(item)]
        chosen = self.chance.sample(names, min(len(names), self.chance.randint(1, 4)))
        if record is None:
            return False
        before = record.version
        return change_record(record, actor=self.actor, **{n: self._value(n) for n in chosen}).version > before

    def _selection(self) -> Selection:
        rows = list(self.record_type.model._default_manager.filter(deleted_at=None).values_list("pk", flat=True))
        return Selection(tuple(self.chance.sample(rows, (len(rows) + 1) // 2)))

    def change_many(self) -> object:
        """Change one field of many records."""
        fields = bulk_fields(self.record_type, self.actor)
        chosen = self._selection()
        if not fields or not chosen.ids:
            return False
        name = self.chance.choice(fields).name
        return change_many(self.record_type, chosen, self.actor, name, self._value(name)).changed

    def delete(self) -> object:
        """Put one record in the bin."""
        record = self._some() if self.record_type.deletable else None
        return record is not None and delete_record(record, actor=self.actor)

    def restore(self) -> object:
        """Take one record out of the bin."""
        record = self._some(deleted=True)
        return record is not None and restore_record(self.record_type, record.pk, actor=self.actor)

    def delete_many(self) -> object:
        """Put many records in the bin, but not often: little would be left to change."""
        chosen = self._selection()
        if self.chance.random() < 0.5 or not self.record_type.deletable or not chosen.ids:
            return False
        return delete_many(self.record_type, chosen, self.actor).changed

    def undo_set(self) -> object:
        """Take back a change set of the past, which may itself be an undo."""
        sets = list(ChangeSet.objects.exclude(kind="import").order_by("pk"))
        return bool(sets) and undo_change_set(self.actor, self.chance.choice(sets).pk).total

    def undo_change(self) -> object:
        """Take back one change of the past."""
        rows = list(Change.objects.filter(record_type=self.record_type.name, change_set_id=None).order_by("pk"))
        return bool(rows) and undo_one_change(self.actor, self.chance.choice(rows).pk).total

    def import_file(self) -> object:
        """Bring a few customers in from a file: some are new, others are known and change."""
        lines = [f"{number},Imported {self.chance.randint(0, 9)},City {self.chance.randint(0, 9)}"
                 for number in self.chance.sample(range(12), 4)]  # fmt: skip
        with patch.object(
            creating, "NOW", datetime.now(UTC).isoformat()
        ):  # the test is one transaction: its “now” stands
            return self.load("\n".join(["customer id,name,city", *lines]), "customer").counts["created"] >= 0


def _without_titles(row: Any) -> Any:
    """A row with references as ids: the page of one record names them as they are called today."""
    plain = {name: value["id"] if isinstance(value, dict) and "id" in value else value for name, value in row.items()}
    return {name: value for name, value in plain.items() if name != "version"}


def _replay(world: World, load: Load, record_type: RecordType, seed: int) -> int:
    with taken_back():
        history = History(world, record_type, world.actor("root"), random.Random(seed), load)
        history.look()
        history.run(EDITS)
        history.compare()
        return history.edits


@given(record_type=st.sampled_from(TYPES), seed=st.integers(0, 2**32))
@settings(max_examples=6, deadline=None, database=None, suppress_health_check=RELAXED)
def test_replay_equals_snapshot(sandbox: World, load: Load, record_type: RecordType, seed: int) -> None:
    assert _replay(sandbox, load, record_type, seed) == EDITS


@pytest.mark.full
def test_replay_equals_snapshot_for_ten_thousand_edits(sandbox: World, load: Load) -> None:
    chance = random.Random(20261122)
    edits = 0
    while edits < 10_000:
        record_type, seed = chance.choice(TYPES), chance.randint(0, 2**32)
        done = _replay(sandbox, load, record_type, seed)
        assert done > 0, (record_type.name, seed)
        edits += done
