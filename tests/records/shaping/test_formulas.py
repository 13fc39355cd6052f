"""Formulas: what can be written, what they give, and that the database and Python agree on it."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guanxi.core.actor import SYSTEM
from guanxi.core.errors import Invalid
from guanxi.customers.customer.models import Customer
from guanxi.records.fields import Field
from guanxi.records.registry import record_type
from guanxi.records.shaping.formula.checking import Checked, Scope, check_formula
from guanxi.records.shaping.formula.computing import as_expression, compute
from guanxi.records.shaping.formula.functions import FUNCTIONS
from guanxi.records.shaping.formula.reading import read_formula

ITEMS = {
    item.name: item
    for item in (
        Field("credit_limit", "Credit limit", "decimal"), Field("employees", "Employees", "integer"),
        Field("city", "City", "text"), Field("industry", "Industry", "text"), Field("birthday", "Birthday", "date"),
        Field("customer_since", "Customer since", "date"), Field("updated_at", "Last changed", "datetime"),
    )
}  # fmt: skip


def checked(text: str) -> Checked:
    """Return a formula over a few fields of customers."""
    return check_formula(read_formula(text), Scope(ITEMS))


def both(text: str, decimals: int | None = 2, **facts: Any) -> tuple[Any, Any]:
    """Return what the database and what Python give for one customer with these values."""
    part = checked(text)
    customer = Customer(name="x", **{name: value for name, value in facts.items() if name != "updated_at"})
    customer.save()
    if "updated_at" in facts:
        Customer.objects.filter(pk=customer.pk).update(updated_at=facts["updated_at"])
    customer = Customer.objects.get(pk=customer.pk)
    made = as_expression(part, SYSTEM, decimals)
    found = Customer.objects.annotate(found_=made).values_list("found_", flat=True).get(pk=customer.pk)
    return found, compute(part, {name: getattr(customer, name) for name in ITEMS}, decimals)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "facts", "value"),
    [
        ("[Credit limit] * 0.05", {"credit_limit": Decimal("1000.30")}, Decimal("50.02")),
        ("credit_limit / employees", {"credit_limit": Decimal(100), "employees": 3}, Decimal("33.33")),
        ("credit_limit / 0", {"credit_limit": Decimal(100)}, None),
        ("employees + 1", {}, None),
        ("1 - 2 - 3", {}, Decimal(-4)),
        ("2 + 3 * 4 - -1", {}, Decimal(15)),
        ("IF(employees > 10, \"large\", \"small\")", {"employees": 11}, "large"),
        ("IF（employees＞10，“large”，“small”）", {"employees": 10}, "small"),
        ("IF(employees > 10, \"large\")", {}, ""),
        ("city & \" · \" & industry", {"city": "上海"}, "上海 · "),
        ("city = \"上海\" and not (employees >= 5 or ISBLANK(industry))", {"city": "上海", "industry": "x"}, True),
        ("employees < 5", {}, False),
        ("IFBLANK(employees, 7) * 2", {}, Decimal(14)),
        ("ROUND(2.5, 0)", {}, Decimal(3)),
        ("ROUND(-2.5, 0)", {}, Decimal(-3)),
        ("MIN(3, employees, 1.5)", {}, Decimal("1.50")),
        ("MAX(employees, employees)", {}, None),
        ("LEN(city) + LEN(\"ab\")", {"city": "北京市"}, Decimal(5)),
        ("LEFT(city, 2) & RIGHT(city, 1)", {"city": "呼和浩特"}, "呼和特"),
        ("CONTAINS(city, \"和\")", {"city": "呼和浩特"}, True),
        ("TEXT(employees / 3, 1)", {"employees": 10}, "3.3"),
        ("customer_since - birthday", {"customer_since": date(2024, 3, 1), "birthday": date(2024, 2, 1)}, Decimal(29)),
        ("birthday + 366", {"birthday": date(2024, 2, 29)}, date(2025, 3, 1)),
        ("birthday - 9999999", {"birthday": date(2024, 2, 29)}, None),
        ("YEAR(birthday) * 100 + MONTH(birthday)", {"birthday": date(2024, 2, 29)}, Decimal(202402)),
        ("[Last changed] < customer_since", {"updated_at": datetime(2026, 3, 1, 23, tzinfo=UTC),
                                             "customer_since": date(2026, 3, 2)}, True),
    ],
)  # fmt: skip
def test_a_formula_gives_the_same_in_the_database_and_over_one_record(
    text: str, facts: dict[str, Any], value: Any
) -> None:
    assert both(text, **facts) == (value, value)


@pytest.mark.django_db
def test_days_are_those_of_the_reader() -> None:
    late = datetime(2026, 3, 1, 23, tzinfo=UTC)
    with timezone.override("Asia/Shanghai"):
        assert both("DAY([Last changed])", updated_at=late) == (Decimal(2), Decimal(2))
    with timezone.override("UTC"):
        assert both("DAY([Last changed])", updated_at=late) == (Decimal(1), Decimal(1))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Enter a formula."),
        ("1 +", "The formula ends too early. Look for a missing bracket or value."),
        ("1 + * 2", "Nothing like “* 2” can stand at character 5."),
        ("price * 2", "There is no field “price”."),
        ("SLEEP(5)", "There is no function SLEEP."),
        ("city + 1", "+ needs a number here, not a text."),
        ("IF(employees, 1, 2)", "IF needs yes or no here, not a number."),
        ("IF(true, 1, \"a\")", "IF needs values of one type; these are: a number, a text."),
        ("ROUND(1)", "ROUND takes 2 values, not 1."),
        ("city > \"a\"", "Only numbers and dates can be compared with “>”."),
        ("'; DROP TABLE customers_customer; --", "Nothing like “'; DROP TABL” can stand at character 1."),
        ("-" * 900 + "1", "This formula is nested too deeply."),
        ("1" + "+1" * 500, "Use at most 1000 characters; this has 1001."),
        ("{{ 7 * 7 }}", "Nothing like “{{ 7 * 7 }}” can stand at character 1."),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_with_its_place(text: str, sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked(text)
    assert refused.value.errors == {"formula": [sentence]}


_NUMBERS = st.one_of(
    st.sampled_from(["credit_limit", "employees"]),
    st.decimals(0, 99_999, places=3, allow_nan=False).map(lambda number: f"{number:f}"),
)
_TEXTS = st.one_of(st.sampled_from(["city", "industry"]), st.text("ab 中'%{}\\", max_size=6).map(lambda t: f'"{t}"'))
_DATES = st.sampled_from(["birthday", "customer_since", "TODAY()"])


def _deeper(parts: dict[str, st.SearchStrategy[str]]) -> dict[str, st.SearchStrategy[str]]:
    """Return expressions of each type with every function and operator applied to simpler ones once."""
    found: dict[str, list[st.SearchStrategy[str]]] = {kind: [made] for kind, made in parts.items()}
    for name, function in FUNCTIONS.items():
        if name in ("ADDDAYS", "SUBDAYS"):
            continue
        for same in parts if "same" in function.takes else ("",):
            if same in ("text", "boolean") and name in ("<", "<=", ">", ">="):
                continue
            takes = [same if kind == "same" else kind for kind in function.takes]
            takes += takes[-1:] if function.more else []
            gives = same if function.gives == "same" else function.gives
            found[gives].append(st.tuples(*(parts[kind] for kind in takes)).map(_written(name)))
    return {kind: st.one_of(made) for kind, made in found.items()}


def _written(name: str) -> Any:
    if name.isalpha() and name not in ("AND", "OR"):
        return lambda parts: f"{name}({', '.join(parts)})"
    return lambda parts: "(" + f" {name} ".join(parts) + ")"


_SIMPLE = {"number": _NUMBERS, "text": _TEXTS, "date": _DATES, "boolean": st.sampled_from(["true", "false"])}
_EVERY = _deeper(_deeper(_SIMPLE))
_FACTS = st.fixed_dictionaries({
    "credit_limit": st.none() | st.decimals(-99_999, 99_999, places=2, allow_nan=False),
    "employees": st.none() | st.integers(0, 99_999), "city": st.text("ab 中'%", max_size=4),
    "industry": st.text("ab ", max_size=3),
    "birthday": st.none() | st.dates(date(1900, 1, 1), date(2100, 1, 1)),
    "customer_since": st.none() | st.dates(date(1, 1, 1), date(9999, 12, 31)),
})  # fmt: skip


@pytest.mark.django_db
@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=st.one_of(list(_EVERY.values())), facts=_FACTS)
def test_any_formula_gives_the_same_in_the_database_and_in_python(text: str, facts: dict[str, Any]) -> None:
    by_database, by_python = both(text, **facts)
    assert by_database == by_python, text


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=80))
def test_anything_typed_is_read_or_refused_with_a_sentence(text: str) -> None:
    refused: list[str] = ["formula"]
    with suppress(Invalid):
        try:
            checked(text)
        except Invalid as refusal:
            refused = list(refusal.errors)
            raise
    assert refused == ["formula"]


def test_a_formula_never_names_what_is_no_field() -> None:
    assert all(F(item.column) for item in ITEMS.values())
    assert record_type("customer").get("search_name") is None
    with pytest.raises(Invalid, match="There is no field “search_name”"):
        checked("search_name")
