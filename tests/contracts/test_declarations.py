"""What every declaration promises: names that exist, labels in both languages, kinds that fit."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.db import models
from django.utils import translation

from guanxi.core.actor import SYSTEM
from guanxi.core.errors import type_text
from guanxi.records.declaration import VERBS, RecordType, is_writable
from guanxi.records.fields import Field
from guanxi.records.filters import Context, compile_filter, operators
from guanxi.records.registry import find_record_type, record_types, type_at, type_of

TYPES = [pytest.param(record, id=record.name) for record in record_types()]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# Written alike in both languages.
INTERNATIONAL = {"app", "SKU", "RFM", "R1", "R2", "R3", "R4", "R5"}
COLORS = {"gray", "blue", "indigo", "violet", "pink", "red", "orange", "yellow", "green", "teal"}


def _labels(record: RecordType) -> Iterator[tuple[str, type_text]]:
    yield "label", record.label
    yield "plural", record.plural
    for item in record.fields:
        yield item.name, item.label
        for choice in item.choices:
            yield f"{item.name}={choice.value}", choice.label
    for part in (*record.views, *record.sections, *record.related):
        yield part.key, part.label


def _names(record: RecordType) -> Iterator[tuple[str, str]]:
    """Every mention of a field of this type, with where it stands."""
    places = {
        "columns": record.columns, "sort": record.sort, "subtitle": record.subtitle, "highlights": record.highlights,
        "quick": record.quick, "board_card": record.board_card, "board": (record.board,) if record.board else (),
        "scope_through": (record.scope_through,) if record.scope_through else (), "title": (record.title,),
    }  # fmt: skip
    for place, names in places.items():
        yield from ((place, name) for name in names)
    for section in record.sections:
        yield from ((f"section {section.key}", name) for name in section.fields)
    for view in record.views:
        yield from ((f"view {view.key}", name) for name in (*view.columns, *view.sort))


@pytest.mark.parametrize("record", TYPES)
def test_every_label_is_there_in_both_languages(record: RecordType) -> None:
    missing = []
    for name, label in _labels(record):
        with translation.override("en"):
            english = str(label)
        with translation.override("zh-hans"):
            chinese = str(label)
        if not english or CHINESE.search(english):
            missing.append(f"{name}: {english!r} is not English")
        if not CHINESE.search(chinese) and english not in INTERNATIONAL:
            missing.append(f"{name}: {english!r} has no Chinese")

    assert missing == []


@pytest.mark.parametrize("record", TYPES)
def test_every_name_is_a_declared_field(record: RecordType) -> None:
    wrong = [
        f"{place}: {name}"
        for place, name in _names(record)
        if name.lstrip("-") not in {"id"} and record.get(name.lstrip("-")) is None
    ]

    assert wrong == []
    assert len({item.name for item in record.fields}) == len(record.fields)


@pytest.mark.parametrize("record", TYPES)
def test_sorts_name_sortable_fields_and_views_have_filters_that_compile(record: RecordType) -> None:
    for word in (*record.sort, *(word for view in record.views for word in view.sort)):
        assert word.lstrip("-") == "id" or record[word.lstrip("-")].sortable, word
    for view in record.views:
        if view.filter:
            compile_filter(record, view.filter, Context.of(SYSTEM))


@pytest.mark.parametrize("record", TYPES)
def test_the_board_has_columns_by_a_choice_that_can_be_set(record: RecordType) -> None:
    if record.board:
        item = record[record.board]
        assert (item.kind, is_writable(item), bool(item.choices)) == ("choice", True, True)


@pytest.mark.parametrize("record", TYPES)
def test_related_lists_lead_to_declared_types_that_point_back(record: RecordType) -> None:
    for relation in record.related:
        target = find_record_type(relation.type_name)
        assert target is not None, relation.key
        back = target[relation.through]
        assert (back.kind, back.reference) == ("reference", record.name)
        assert not [name for name in (*relation.columns, *relation.sort) if target.get(name.lstrip("-")) is None]


def _column(record: RecordType, item: Field) -> models.Field[object, object]:
    path = (item.path or item.name).split("__")
    model: type[models.Model] = record.model
    for step in path[:-1]:
        model = model._meta.get_field(step).related_model  # type: ignore[assignment]
    found = model._meta.get_field(path[-1])
    assert isinstance(found, models.Field)
    return found


@pytest.mark.parametrize("record", TYPES)
def test_fields_fit_their_columns(record: RecordType) -> None:
    for item in record.fields:
        if item.expression is not None:
            assert not item.editable, f"{item.name} is computed and can't be edited"
            continue
        column = _column(record, item)
        if item.kind == "reference":
            target = find_record_type(item.reference)
            assert target is not None, item.name
            assert target.model is column.related_model, item.name
        if item.kind in ("money", "decimal", "percent"):
            assert isinstance(column, models.DecimalField), f"{item.name}: money and figures are never floats"
        if item.kind == "datetime":
            assert isinstance(column, models.DateTimeField), item.name
        assert not (item.is_derived and is_writable(item)), f"{item.name} is derived and can't be entered"
        assert {choice.color for choice in item.choices} <= COLORS, item.name
        assert operators(item), item.name


@pytest.mark.parametrize("record", TYPES)
def test_required_fields_can_be_entered_where_records_are_created(record: RecordType) -> None:
    if record.creatable:
        shown = {name for section in record.sections for name in section.fields}
        assert [item.name for item in record.fields if item.required and not is_writable(item)] == []
        assert [item.name for item in record.fields if item.required and item.name not in shown] == []


@pytest.mark.parametrize("record", TYPES)
def test_a_record_type_is_found_by_name_path_and_model(record: RecordType) -> None:
    assert find_record_type(record.name) is record
    assert type_at(record.path) is record
    assert type_of(record.model) is record
    assert re.fullmatch(r"[a-z][a-z0-9-]*", record.path)
    assert set(record.verbs) >= {"view", "create", "edit", "delete", "export"} & set(VERBS)


@pytest.mark.parametrize("record", TYPES)
def test_who_sees_a_record_is_decided_by_its_own_owner_or_by_one_reference(record: RecordType) -> None:
    if record.scope_through:
        assert record[record.scope_through].kind == "reference"
        assert record.get("owner") is None
    else:
        assert (record.scope == "shared") != (record.get("owner") is not None)
