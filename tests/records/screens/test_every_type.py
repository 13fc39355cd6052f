"""Every declared record type has pages that work, without a line written for it."""

from __future__ import annotations

import csv
import io

import pytest

from guanxi.records.bulk import Selection, bulk_fields, change_many, delete_many
from guanxi.records.declaration import RecordType
from guanxi.records.registry import record_types
from guanxi.records.time_machine.undo import undo_change_set
from guanxi.records.writing import type_field
from tests.records.screens.pages import read, row_ids
from tests.world import HOST, World, valid_value

TYPES = [item.name for item in record_types()]


def _type(name: str) -> RecordType:
    return next(item for item in record_types() if item.name == name)


@pytest.mark.parametrize("name", TYPES)
def test_the_list_shows_the_record_and_leads_to_its_page(sandbox: World, name: str) -> None:
    item = _type(name)

    html = read(sandbox.clients["root"], f"/{item.path}/?f=&view=")

    assert sandbox.own[name] in row_ids(html)
    for part in ("", "/peek", "/timeline", *(["/edit"] if item.editable else [])):
        read(sandbox.clients["root"], f"/{item.path}/{sandbox.own[name]}{part}")


@pytest.mark.parametrize("name", TYPES)
def test_each_view_filter_field_and_sort_of_the_list_works(sandbox: World, name: str) -> None:
    item = _type(name)
    for view in item.views:
        read(sandbox.clients["mei"], f"/{item.path}/?view={view.key}")
    for each in item.fields:
        if each.filterable:
            read(sandbox.clients["mei"], f"/{item.path}/filter?field={each.name}")
            read(
                sandbox.clients["mei"],
                f"/{item.path}/?f={each.name}:not_empty" if each.kind != "boolean" else f"/{item.path}/",
            )
        if each.sortable:
            read(sandbox.clients["mei"], f"/{item.path}/?sort=-{each.name}&cols={each.name}&f=")


@pytest.mark.parametrize("name", [item.name for item in record_types() if item.editable])
def test_each_editable_field_has_an_editor(sandbox: World, name: str) -> None:
    item = _type(name)
    for each in item.editable_fields(sandbox.actor("root")):
        html = read(sandbox.clients["root"], f"/{item.path}/{sandbox.own[name]}/field/{each.name}")
        assert f'name="{each.name}"' in html


@pytest.mark.parametrize("name", TYPES)
def test_the_export_holds_every_field_of_each_record(sandbox: World, name: str) -> None:
    item = _type(name)
    columns = ",".join(each.name for each in item.fields)
    response = sandbox.clients["root"].get(f"/{item.path}/export/csv?f=&cols={columns}", **HOST)
    rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))  # type: ignore[attr-defined]

    assert str(sandbox.own[name]) in {row[0] for row in rows[1:]}
    assert {len(row) for row in rows} == {len(rows[0])}


def _other_ends(item: RecordType, record_id: int, name: str) -> list[object]:
    """The records that the other references of a record point at: a relationship has two different ends."""
    record = item.model._default_manager.get(pk=record_id)
    others = (each for each in item.fields if each.kind == "reference" and each.name != name)
    return [getattr(record, type_field(item, each.name)) for each in others] if item[name].kind == "reference" else []


@pytest.mark.parametrize("name", [item.name for item in record_types() if item.creatable])
def test_every_bulk_field_can_be_changed_and_put_back(sandbox: World, name: str) -> None:
    item, actor = _type(name), sandbox.actor("root")
    for each in bulk_fields(item, actor):
        before = getattr(item.model._default_manager.get(pk=sandbox.own[name]), type_field(item, each.name))
        value = valid_value(sandbox, item, each, "mei", 3)
        if value is None or value == before or value in _other_ends(item, sandbox.own[name], each.name):
            continue
        result = change_many(item, Selection((sandbox.own[name],)), actor, each.name, value)
        assert result.changed == 1, each.name
        undo_change_set(actor, result.change_set_id)
        assert getattr(item.model._default_manager.get(pk=sandbox.own[name]), type_field(item, each.name)) == before


@pytest.mark.parametrize("name", [item.name for item in record_types() if item.deletable and item.scope != "shared"])
def test_a_seller_bins_only_what_is_hers(sandbox: World, name: str) -> None:
    item = _type(name)

    result = delete_many(item, Selection((sandbox.own[name], sandbox.foreign[name])), sandbox.actor("mei"))

    assert (result.changed, result.skipped) == (1, 1)
    assert item.model._default_manager.get(pk=sandbox.foreign[name]).deleted_at is None  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", [item.name for item in record_types() if item.board])
def test_the_board_has_a_column_for_each_value(sandbox: World, name: str) -> None:
    item = _type(name)

    html = read(sandbox.clients["mei"], f"/{item.path}/board?f=")

    for choice in item[item.board].choices:
        assert f'id="board-head-{choice.value}"' in html
