"""Value of customers: revenue, margin, contribution to profit."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
from hypothesis import given, settings

from guanxi.analytics import CostPolicy, Engine, Window, compute_value
from tests.analytics.purchase_lines import (
    AS_OF,
    GENERATED_COSTS,
    adding,
    by_customer,
    costs_table,
    extract_of,
    generated_lines,
    line,
)

NOW = Window(AS_OF)


def test_profit_is_revenue_less_returns_costs_and_cost_to_serve(engine: Engine) -> None:
    rows = [
        line(1, "100.00", cost="60.00"),
        line(1, "-20.00", cost="-12.00", is_return=True, days_ago=2),
        line(2, "50.00", cost="45.00"),
    ]
    costs = costs_table((1, "3.50", "calls", None), (2, "8.00", "visits", None), (2, "1.00", "calls", None))
    found = by_customer(compute_value(extract_of(engine, *rows, costs=costs), NOW))
    first = found[1]
    assert [first[name] for name in ("revenue", "returns", "net_revenue", "cost", "margin", "cost_to_serve")] == [
        Decimal(text) for text in ("100", "-20", "80", "48", "32", "3.5")
    ]
    assert (first["score"], first["label"], first["rank"]) == (Decimal("28.5"), "profit", 1)
    assert (found[2]["score"], found[2]["rank"]) == (Decimal("-4"), 2)
    assert [(r["code"], r["value"], dict(r["params"]).get("kind")) for r in found[2]["reasons"]] == [
        ("revenue", Decimal(50), None),
        ("returns", Decimal(0), None),
        ("cost", Decimal(-45), None),
        ("estimated_cost", Decimal(0), None),
        ("cost_to_serve", Decimal(-1), "calls"),
        ("cost_to_serve", Decimal(-8), "visits"),
    ]


def test_lines_of_unknown_cost_count_at_the_average_margin_rate_and_say_so(engine: Engine) -> None:
    rows = [line(1, "100", cost="75"), line(2, "40"), line(3, "100", cost="75")]
    found = by_customer(compute_value(extract_of(engine, *rows), NOW))[2]
    assert (found["uncosted_amount"], found["estimated_cost"], found["margin"]) == (
        Decimal(40),
        Decimal(30),
        Decimal(10),
    )
    assert found["cost_coverage"] == 0
    reason = next(r for r in found["reasons"] if r["code"] == "estimated_cost")
    assert (reason["value"], dict(reason["params"])) == (
        Decimal(-30),
        {"amount": "40.0000", "margin_rate": "0.25000000"},
    )


def test_with_too_few_known_costs_everybody_is_ranked_by_net_revenue(engine: Engine) -> None:
    rows = [line(1, "100", cost="75"), line(2, "140"), line(3, "20", cost="5")]
    costs = costs_table((1, "99", None, None))
    found = by_customer(compute_value(extract_of(engine, *rows, costs=costs), NOW))
    assert {c: (r["label"], r["score"]) for c, r in found.items()} == {
        2: ("net_revenue", Decimal(140)),
        1: ("net_revenue", Decimal(100)),
        3: ("net_revenue", Decimal(20)),
    }
    assert (found[1]["margin"], found[1]["profit_contribution"]) == (Decimal(25), Decimal(-74))
    assert (found[2]["margin"], found[2]["estimated_cost"]) == (None, None)
    last = found[2]["reasons"][-1]
    assert (last["code"], last["value"], last["adds"]) == ("cost_unknown", Decimal(140), False)
    assert dict(last["params"])["coverage"] == "0.4615"


def test_the_least_share_of_known_costs_can_be_chosen(engine: Engine) -> None:
    rows = [line(1, "100", cost="75"), line(2, "140")]
    found = by_customer(compute_value(extract_of(engine, *rows), NOW, CostPolicy(Decimal("0.4"))))
    assert found[2]["score"] == Decimal(35)


def test_a_customer_who_only_costs_is_worth_less_than_nothing(engine: Engine) -> None:
    costs = costs_table((7, "12.00", "visits", None))
    found = by_customer(compute_value(extract_of(engine, line(1, "10", cost="4"), costs=costs), NOW))[7]
    assert (found["score"], found["lines"], found["cost_coverage"]) == (Decimal(-12), 0, None)


def test_costs_to_serve_outside_the_window_do_not_count(engine: Engine) -> None:
    window = Window(AS_OF, AS_OF - timedelta(days=30))
    costs = costs_table(
        (1, "1", None, None),
        (1, "2", None, AS_OF - timedelta(days=30)),
        (1, "4", None, AS_OF - timedelta(days=31)),
        (1, "8", None, AS_OF),
    )
    found = by_customer(compute_value(extract_of(engine, line(1, "10", cost="4"), costs=costs), window))[1]
    assert found["cost_to_serve"] == Decimal(3)


def test_equal_values_share_a_rank_but_not_a_position(engine: Engine) -> None:
    rows = [line(3, "10"), line(1, "10"), line(2, "30"), line(4, "5")]
    found = by_customer(compute_value(extract_of(engine, *rows), NOW))
    assert [(c, r["rank"], r["position"], r["percentile"]) for c, r in found.items()] == [
        (2, 1, 1, 1.0),
        (1, 2, 2, 0.75),
        (3, 2, 3, 0.75),
        (4, 4, 4, 0.25),
    ]


@settings(max_examples=25, deadline=None)
@given(rows=generated_lines(), costs=GENERATED_COSTS)
def test_reasons_sum_to_the_value_and_ranks_follow_it(
    engine: Engine, rows: list[dict[str, Any]], costs: pa.Table
) -> None:
    found = compute_value(extract_of(engine, *rows, costs=costs), NOW).arrow().to_pylist()
    assert [row["position"] for row in found] == list(range(1, len(found) + 1))
    assert [row["score"] for row in found] == sorted((row["score"] for row in found), reverse=True)
    for row in found:
        assert adding(row) == row["score"]
        assert row["net_revenue"] == row["revenue"] + row["returns"]
        assert row["rank"] == 1 + sum(other["score"] > row["score"] for other in found)
        assert row["percentile"] == sum(other["score"] <= row["score"] for other in found) / len(found)
    assert len({row["label"] for row in found}) <= 1
