"""Whatever an address asks, it gets rows the actor may see or a refusal: never an error, never somebody else's rows."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guanxi.records.declaration import RecordType
from guanxi.records.filters import OPERATORS
from guanxi.records.registry import record_types
from tests.security.matrix import send
from tests.world import World, taken_back

TYPES = list(record_types())
FIELDS = sorted({item.name for record in TYPES for item in record.fields})
LISTS = sorted({relation.key for record in TYPES for relation in record.related})
WORDS = sorted({op for operators in OPERATORS.values() for op in operators})
HOSTILE = [
    "owner__password", "owner__password__startswith", "pk", "id__in", "_connector", "_negated", "__class__", 'a"b',
    "a.b", "a'b", "%s", "%(x)s", "$$", "\x00", "name\x00", "’", "-- ", "1);DROP TABLE customers_customer;--",
    "x" * 10_000, "",
    " ", "name__icontains", "customer__owner__password", "{}", "\ud7ff", "\U0001f600", "١٢", "-1", "1e999", "NaN",
    "9" * 30, "0001-01-01", "9999-12-31", "2026-02-30", "last_week", "今天", "null", "true",
]  # fmt: skip
names = st.sampled_from(FIELDS) | st.sampled_from(HOSTILE) | st.text(max_size=12)
plain = (
    st.sampled_from(HOSTILE) | st.text(max_size=20) | st.integers() | st.booleans() | st.none()
    | st.floats(allow_nan=False, allow_infinity=False) | st.dates().map(str)
)  # fmt: skip
values = plain | st.lists(plain, max_size=4) | st.dictionaries(st.text(max_size=5), plain, max_size=2)
conditions = st.fixed_dictionaries(
    {"field": names, "op": st.sampled_from(WORDS) | st.sampled_from(HOSTILE)}, optional={"value": values}
)
trees = st.recursive(
    conditions | values,
    lambda inner: st.one_of(
        st.fixed_dictionaries({"all": st.lists(inner, max_size=3)}),
        st.fixed_dictionaries({"any": st.lists(inner, max_size=3)}),
        st.fixed_dictionaries({"not": inner}),
        st.fixed_dictionaries(
            {"has": st.sampled_from(LISTS) | names}, optional={"where": inner, "at_least": plain, "at_most": plain}
        ),
        st.dictionaries(st.sampled_from(["all", "any", "not", "has", "field", "_connector"]), inner, max_size=2),
    ),
    max_leaves=8,
)
cursors = st.lists(plain, max_size=4).map(
    lambda parts: base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")
)
questions = st.fixed_dictionaries(
    {},
    optional={
        "filter": trees.map(json.dumps) | st.text(max_size=30),
        "f": st.tuples(names, st.sampled_from(WORDS), st.text(max_size=10)).map(":".join) | st.text(max_size=20),
        "sort": st.lists(names, max_size=3).map(",".join),
        "fields": st.lists(names, max_size=4).map(",".join),
        "q": st.sampled_from(HOSTILE) | st.text(max_size=30),
        "after": cursors | st.text(max_size=30),
        "limit": plain.map(str),
        "deleted": plain.map(str),
    },
)
RELAXED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


def _ask(world: World, record: RecordType, question: dict[str, Any]) -> None:
    query = urlencode(question, errors="surrogatepass")
    with taken_back():
        everything = {
            row["id"] for row in send(world, "mei", "GET", f"/api/v1/{record.path}?limit=200").json()["items"]
        }
        answer = send(world, "mei", "GET", f"/api/v1/{record.path}?{query}")
        assert answer.status_code in (200, 400, 422), answer.content[:500]
        if answer.status_code == 200 and "deleted" not in question:
            assert {row["id"] for row in answer.json()["items"]} <= everything
            assert "argon2" not in answer.content.decode()


@settings(max_examples=250, deadline=None, suppress_health_check=RELAXED)
@given(record=st.sampled_from(TYPES), question=questions)
def test_hostile_questions_get_visible_rows_or_a_refusal(
    sandbox: World, record: RecordType, question: dict[str, Any]
) -> None:
    _ask(sandbox, record, question)


@pytest.mark.long
@settings(max_examples=20_000, deadline=None, suppress_health_check=RELAXED)
@given(record=st.sampled_from(TYPES), question=questions)
def test_twenty_thousand_hostile_questions_get_visible_rows_or_a_refusal(
    sandbox: World, record: RecordType, question: dict[str, Any]
) -> None:
    _ask(sandbox, record, question)


@st.composite
def fitting(draw: st.DrawFn) -> tuple[RecordType, dict[str, Any]]:
    """A condition whose field and operator fit, so that the value reaches the database more often."""
    record = draw(st.sampled_from(TYPES))
    item = draw(st.sampled_from(record.fields))
    tree = {"field": item.name, "op": draw(st.sampled_from(OPERATORS[item.kind])), "value": draw(values)}
    return record, {"filter": json.dumps(tree), "sort": draw(st.sampled_from(["", item.name, f"-{item.name}"]))}


@settings(max_examples=300, deadline=None, suppress_health_check=RELAXED)
@given(asked=fitting())
def test_hostile_values_get_visible_rows_or_a_refusal(sandbox: World, asked: tuple[RecordType, dict[str, Any]]) -> None:
    _ask(sandbox, *asked)


@settings(max_examples=150, deadline=None, suppress_health_check=RELAXED)
@given(record=st.sampled_from(TYPES), body=st.dictionaries(names, values | trees, max_size=4))
def test_hostile_bodies_are_refused_or_written_and_never_fail(
    sandbox: World, record: RecordType, body: dict[str, Any]
) -> None:
    base = f"/api/v1/{record.path}"
    for method, path, sent in (
        ("POST", base, body), ("PATCH", f"{base}/{sandbox.own[record.name]}", body),
        ("POST", f"{base}/bulk", {"items": [{"op": "create", "values": body}, body]}),
    ):  # fmt: skip
        with taken_back():
            answer = send(sandbox, "root", method, path, sent)
            assert answer.status_code < 500, answer.content[:500]
