"""The whale curve and both of its tails."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guanxi.analytics import Engine, ScoreTable, Window, chart_points, compute_value, whale_curve, whale_summary
from tests.analytics.purchase_lines import AS_OF, adding, extract_of, line


def values(engine: Engine, amounts: list[int]) -> ScoreTable:
    rows = [line(customer, str(amount), cost="0") for customer, amount in enumerate(amounts, 1)]
    return compute_value(extract_of(engine, *rows), Window(AS_OF))


def test_the_curve_rises_to_the_peak_and_falls_back_to_the_total(engine: Engine) -> None:
    table = values(engine, [60, 50, 20, 0, -30])
    curve = whale_curve(table).arrow().to_pylist()
    assert [row["cumulative"] for row in curve] == [Decimal(n) for n in (60, 110, 130, 130, 100)]
    assert [row["cumulative_share"] for row in curve] == [0.6, 1.1, 1.3, 1.3, 1.0]
    assert [row["share_of_customers"] for row in curve] == [0.2, 0.4, 0.6, 0.8, 1.0]
    assert [adding(row) for row in curve] == [row["cumulative"] for row in curve]


def test_the_summary_states_both_tails(engine: Engine) -> None:
    found = whale_summary(values(engine, [60, 50, 20, 0, -30]))
    assert (found.customers, found.total) == (5, Decimal(100))
    assert (found.peak_position, found.peak_value, found.peak_share) == (3, Decimal(130), 1.3)
    assert (found.top_customers, found.top_value, found.top_share) == (1, Decimal(60), 0.6)
    assert (found.negative_customers, found.destroyed, found.destroyed_share) == (1, Decimal(-30), -0.3)


@pytest.mark.parametrize(("amounts", "gini"), [([7, 7, 7], 0.0), ([1, 2, 3, 4], 0.25), ([0, 0, 0, 10], 0.75)])
def test_gini_is_known_for_textbook_distributions(engine: Engine, amounts: list[int], gini: float) -> None:
    assert whale_summary(values(engine, amounts)).gini == pytest.approx(gini)


def test_a_part_of_a_customer_rounds_up_in_the_top_share(engine: Engine) -> None:
    table = values(engine, [10] * 6)
    assert whale_summary(table).top_customers == 2
    assert whale_summary(table, Decimal("0.5")).top_customers == 3


def test_no_share_is_claimed_of_a_total_that_is_not_positive(engine: Engine) -> None:
    table = values(engine, [10, -10])
    found = whale_summary(table)
    assert (found.peak_share, found.top_share, found.destroyed_share, found.gini) == (None, None, None, None)
    assert whale_curve(table).arrow()["cumulative_share"].to_pylist() == [None, None]


def test_chart_points_keep_the_first_the_peak_and_the_last(engine: Engine) -> None:
    curve = whale_curve(values(engine, [100 - n for n in range(150)]))
    positions = chart_points(curve, points=10)["position"].to_pylist()
    assert positions == [1, 15, 30, 45, 60, 75, 90, 100, 105, 120, 135, 150]


@settings(max_examples=30, deadline=None)
@given(amounts=st.lists(st.integers(-100, 1000), min_size=1, max_size=30))
def test_the_curve_ends_at_the_total_and_peaks_where_value_turns(engine: Engine, amounts: list[int]) -> None:
    table = values(engine, amounts)
    curve, found = whale_curve(table).arrow().to_pylist(), whale_summary(table)
    assert curve[-1]["cumulative"] == found.total == sum(amounts)
    assert max([Decimal(0), *(row["cumulative"] for row in curve)]) == found.peak_value
    assert found.peak_value + found.destroyed == found.total
    if found.total > 0:
        assert sum(row["share"] for row in curve) == pytest.approx(1)
        assert found.gini is not None
        pairs = sum(abs(a - b) for a in amounts for b in amounts)
        assert found.gini == pytest.approx(pairs / (2 * len(amounts) * sum(amounts)), abs=1e-9)
