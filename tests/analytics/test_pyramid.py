"""Tiers of value and the moves between them."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guanxi.analytics import (
    Engine,
    ScoreTable,
    TierShares,
    Window,
    assign_tiers,
    compute_value,
    tier_migration,
    tier_summary,
)
from tests.analytics.purchase_lines import AS_OF, by_customer, extract_of, line


def values(engine: Engine, amounts: dict[int, int]) -> ScoreTable:
    rows = [line(customer, str(amount), cost="0") for customer, amount in amounts.items()]
    return compute_value(extract_of(engine, *rows), Window(AS_OF))


def tiers(engine: Engine, amounts: dict[int, int], shares: TierShares | None = None) -> dict[int, dict[str, Any]]:
    return by_customer(assign_tiers(values(engine, amounts), shares))


def test_twenty_customers_fall_into_one_three_six_and_ten(engine: Engine) -> None:
    found = tiers(engine, {c: 1000 - c for c in range(1, 21)})
    labels = [found[c]["label"] for c in range(1, 21)]
    assert labels == ["platinum"] + ["gold"] * 3 + ["iron"] * 6 + ["lead"] * 10


def test_value_below_zero_is_negative_whatever_the_shares(engine: Engine) -> None:
    found = tiers(engine, {1: 5, 2: -1, 3: 0}, TierShares(Decimal(1), Decimal(0), Decimal(0)))
    assert {c: r["label"] for c, r in found.items()} == {1: "platinum", 3: "platinum", 2: "negative"}


def test_each_customer_learns_what_the_next_tier_asks(engine: Engine) -> None:
    found = tiers(engine, {1: 100, 2: 60, 3: 20, 4: -7}, TierShares(Decimal("0.25"), Decimal("0.25"), Decimal(0)))
    assert [(r["label"], r["next_tier"], r["next_tier_gap"]) for r in found.values()] == [
        ("platinum", None, None),
        ("gold", "platinum", Decimal(40)),
        ("lead", "gold", Decimal(40)),
        ("negative", "lead", Decimal(7)),
    ]
    assert [r["code"] for r in found[1]["reasons"]] == ["value", "standing"]
    assert [(r["code"], r["value"], dict(r["params"])) for r in found[2]["reasons"]] == [
        ("value", Decimal(60), {"basis": "profit"}),
        ("standing", Decimal(2), {"of": "4", "share": "0.5"}),
        ("next_tier", Decimal(40), {"tier": "platinum"}),
    ]


def test_the_summary_gives_customers_and_value_of_each_tier(engine: Engine) -> None:
    shares = TierShares(Decimal("0.25"), Decimal("0.25"), Decimal(0))
    summary = tier_summary(assign_tiers(values(engine, {1: 100, 2: 60, 3: 60, 4: -20}), shares)).to_pylist()
    assert [tuple(row.values()) for row in summary] == [
        ("platinum", 1, 0.25, Decimal(100), 0.5),
        ("gold", 1, 0.25, Decimal(60), 0.3),
        ("lead", 1, 0.25, Decimal(60), 0.3),
        ("negative", 1, 0.25, Decimal(-20), -0.1),
    ]


def test_the_migration_matrix_shows_climbers_losers_and_newcomers(engine: Engine) -> None:
    shares = TierShares(Decimal("0.25"), Decimal("0.25"), Decimal(0))
    before = assign_tiers(values(engine, {1: 100, 2: 60, 3: 20, 4: 10}), shares)
    after = assign_tiers(values(engine, {1: 60, 2: 100, 3: 20, 5: 30}), shares)
    moves = [tuple(row.values()) for row in tier_migration(before, after).to_pylist()]
    assert moves == [
        ("platinum", "gold", 1, 1.0, Decimal(100), Decimal(60)),
        ("gold", "platinum", 1, 1.0, Decimal(60), Decimal(100)),
        ("lead", "lead", 1, 0.5, Decimal(20), Decimal(20)),
        ("lead", "absent", 1, 0.5, Decimal(10), Decimal(0)),
        ("absent", "lead", 1, 1.0, Decimal(0), Decimal(30)),
    ]


@pytest.mark.parametrize("shares", [("0.5", "0.4", "0.2"), ("-0.1", "0.1", "0.1")])
def test_impossible_shares_are_refused(shares: tuple[str, str, str]) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        TierShares(*map(Decimal, shares))


AMOUNTS = st.dictionaries(st.integers(1, 40), st.integers(-50, 500), min_size=1, max_size=25)


@settings(max_examples=25, deadline=None)
@given(old=AMOUNTS, new=AMOUNTS)
def test_shares_sum_to_one_and_nobody_is_lost(engine: Engine, old: dict[int, int], new: dict[int, int]) -> None:
    before, after = assign_tiers(values(engine, old)), assign_tiers(values(engine, new))
    summary = tier_summary(after).to_pylist()
    assert sum(row["customers"] for row in summary) == len(new)
    assert sum(row["share_of_customers"] for row in summary) == pytest.approx(1)
    if sum(new.values()):
        assert sum(row["share_of_value"] for row in summary) == pytest.approx(1)
    moves = tier_migration(before, after).to_pylist()
    assert sum(row["customers"] for row in moves) == len(old.keys() | new.keys())
    assert sum(row["value_after"] for row in moves) == sum(new.values())
    for tier in {row["from_tier"] for row in moves}:
        assert sum(row["share_of_from"] for row in moves if row["from_tier"] == tier) == pytest.approx(1)
