"""Dormancy by the customer's own rhythm."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings

from guanxi.analytics import DormancyRule, Engine, Window, compute_dormancy
from tests.analytics.purchase_lines import AS_OF, by_customer, extract_of, generated_lines, line

NOW = Window(AS_OF)


def bought(customer: int, *days_ago: int) -> list[dict[str, Any]]:
    return [line(customer, "10", days_ago=days) for days in days_ago]


def judged(engine: Engine, *rows: dict[str, Any], rule: DormancyRule | None = None) -> dict[int, dict[str, Any]]:
    return by_customer(compute_dormancy(extract_of(engine, *rows), NOW, rule))


@pytest.mark.parametrize(
    ("silent", "state", "ratio"),
    [(7, "active", "1"), (8, "slowing", "1.1429"), (14, "slowing", "2"), (15, "dormant", "2.1429")],
)
def test_a_weekly_buyer_slows_after_one_week_and_sleeps_after_two(
    engine: Engine, silent: int, state: str, ratio: str
) -> None:
    found = judged(engine, *bought(1, *(silent + 7 * n for n in range(4))))[1]
    assert (found["label"], found["score"], found["rhythm"]) == (state, Decimal(ratio), "own")
    assert (found["usual_gap"], found["slowing_after_days"], found["dormant_after_days"]) == (7, 7, 14)


def test_the_same_silence_means_nothing_from_a_yearly_buyer(engine: Engine) -> None:
    found = judged(engine, *bought(1, 40, 47, 54, 61), *bought(2, 40, 405, 770))
    assert {c: r["label"] for c, r in found.items()} == {1: "dormant", 2: "active"}
    assert found[2]["expected_next_on"] == date(2027, 5, 22)
    assert found[1]["rank"] == 1


def test_an_irregular_buyer_is_allowed_the_long_gaps_of_the_past(engine: Engine) -> None:
    found = judged(engine, *bought(1, 45, 46, 47, 107))[1]
    assert (found["usual_gap"], found["high_gap"]) == (1.0, pytest.approx(48.2))
    assert found["label"] == "active"


def test_few_purchases_are_judged_by_the_first_gaps_of_everybody(engine: Engine) -> None:
    # Customer 1 counts with the first two of nine gaps, so that frequent buyers do not outvote the others.
    rows = bought(1, *range(1, 11)) + bought(2, 50, 80) + bought(3, 100)
    found = judged(engine, *rows)
    assert (found[2]["rhythm"], found[2]["usual_gap"], found[2]["days_silent"]) == ("population", 1.0, 50)
    assert found[2]["high_gap"] == pytest.approx(24.2)
    assert found[2]["label"] == "dormant"
    assert (found[3]["label"], found[3]["purchase_days"], found[3]["score"]) == ("one_time", 1, Decimal(100))


def test_two_orders_on_one_day_are_one_purchase_day_and_returns_are_none(engine: Engine) -> None:
    rows = [line(1, "5", days_ago=9, order=1), line(1, "5", days_ago=9, order=2)]
    found = judged(engine, *rows, line(1, "-5", days_ago=2, is_return=True))[1]
    assert (found["purchase_days"], found["days_silent"], found["label"]) == (1, 9, "one_time")


def test_where_nobody_bought_twice_nothing_is_expected(engine: Engine) -> None:
    found = judged(engine, *bought(1, 5), *bought(2, 9))
    assert [(r["score"], r["expected_next_on"], r["label"]) for r in found.values()] == [(None, None, "one_time")] * 2


def test_the_limits_can_be_chosen(engine: Engine) -> None:
    rule = DormancyRule(own_rhythm_from=2, high_quantile=Decimal("0.5"), dormant_multiple=Decimal("1.5"))
    found = judged(engine, *bought(1, 16, 26), rule=rule)[1]
    assert (found["rhythm"], found["dormant_after_days"], found["label"]) == ("own", 15.0, "dormant")


def test_a_rule_without_meaning_is_refused() -> None:
    with pytest.raises(ValueError, match="two purchase days"):
        DormancyRule(own_rhythm_from=1)


@settings(max_examples=25, deadline=None)
@given(rows=generated_lines())
def test_states_follow_the_limits_and_reasons_repeat_them(engine: Engine, rows: list[dict[str, Any]]) -> None:
    for row in judged(engine, *rows).values():
        reasons = {r["code"]: r["value"] for r in row["reasons"]}
        assert reasons["days_silent"] == row["days_silent"] > 0
        if row["purchase_days"] == 1:
            assert row["label"] == "one_time"
        else:
            limits = (row["slowing_after_days"], row["dormant_after_days"])
            passed = sum(row["days_silent"] > limit for limit in limits)
            assert row["label"] == ("active", "slowing", "dormant")[passed]
            assert float(row["score"]) == pytest.approx(row["days_silent"] / row["usual_gap"], abs=1e-4)
