"""Every figure can be computed again from the rows listed behind it."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from guanxi.analytics import (
    Condition,
    Engine,
    FirstScores,
    ScoreSettings,
    TieRule,
    UnknownFigure,
    compute_first_scores,
    figures_of,
    recompute,
    rows_behind,
)
from tests.analytics.purchase_lines import AS_OF, GENERATED_COSTS, costs_table, generated_lines, line, lines_table

MODELS = ("rfm_independent", "rfm_nested", "value", "pyramid", "whale", "dormancy")
UNCHECKED = {"customer_id", "label", "reasons", "basis", "serving", "margin_rate", "population_coverage", "rhythm"}
FOLLOWING = {
    "share_of_customers", "share", "next_tier", "next_tier_gap",
    "expected_next_on", "slowing_after_days", "dormant_after_days",
}  # fmt: skip


def scored(engine: Engine, rows: list[dict[str, Any]], costs: pa.Table | None = None, **choices: Any) -> FirstScores:
    return compute_first_scores(engine, lines_table(rows), AS_OF, costs, ScoreSettings(**choices))


def test_every_column_of_every_table_is_a_figure_with_lineage_or_named_as_derived(engine: Engine) -> None:
    scores = scored(engine, [line(1, "10")])
    assert set(scores.tables) == set(MODELS)
    for model, table in scores.tables.items():
        columns = set(table.arrow().column_names)
        assert columns - UNCHECKED - FOLLOWING == set(figures_of(model)), model


def test_revenue_of_twelve_months_lists_exactly_its_lines(engine: Engine) -> None:
    rows = [
        line(1, "10", days_ago=10),
        line(1, "20", days_ago=364),
        line(1, "40", days_ago=366),
        line(1, "-5", days_ago=9, is_return=True),
        line(2, "80", days_ago=10),
    ]
    scores = scored(engine, rows)
    lineage = scores.lineage("value", "revenue", scores.tables["value"].row(1) or {})
    assert lineage.conditions == (
        Condition("customer_id", "=", 1),
        Condition("ordered_at", ">=", datetime(2025, 7, 1, tzinfo=UTC)),
        Condition("ordered_at", "<", AS_OF),
        Condition("is_return", "=", False),
    )
    behind = rows_behind(scores.extract, lineage)
    assert sorted(behind["line_id"].to_pylist()) == [1, 2]
    assert recompute(scores.extract, lineage) == Decimal(30)


def test_profit_leads_to_its_lines_and_its_costs_to_serve(engine: Engine) -> None:
    scores = scored(engine, [line(1, "10", cost="4"), line(1, "6")], costs_table((1, "1.5", "calls", None)))
    lineage = scores.lineage("value", "profit_contribution", scores.tables["value"].row(1) or {})
    assert [(leaf.figure, leaf.source) for leaf in lineage.leaves()] == [
        ("net_revenue", "purchase_line"),
        ("cost", "purchase_line"),
        ("uncosted_amount", "purchase_line"),
        ("cost_to_serve", "cost_to_serve"),
    ]
    with pytest.raises(UnknownFigure, match="leaves"):
        rows_behind(scores.extract, lineage)


def test_a_customer_without_a_score_still_has_a_traceable_standing(engine: Engine) -> None:
    scores = scored(engine, [line(2, "10", days_ago=5), line(1, "10", days_ago=9)])
    for customer, position in ((1, 1), (2, 2)):
        row = scores.tables["dormancy"].row(customer) or {}
        assert (row["score"], row["rank"], row["position"], row["percentile"]) == (None, 1, position, 1.0)
        for figure in ("rank", "position", "percentile"):
            lineage = scores.lineage("dormancy", figure, row)
            assert recompute(scores.extract, lineage, scores.tables) == row[figure]


def test_a_figure_nobody_computes_is_refused(engine: Engine) -> None:
    scores = scored(engine, [line(1, "10")])
    row = scores.tables["value"].row(1) or {}
    with pytest.raises(UnknownFigure, match="no figure charm"):
        scores.lineage("value", "charm", row)
    with pytest.raises(UnknownFigure, match="was not given"):
        recompute(scores.extract, scores.lineage("value", "rank", row))


# Each example asks some hundred queries: a failing one is shown as found, shrinking it would take minutes.
@settings(
    max_examples=8,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)
@given(
    rows=generated_lines(most=15),
    costs=GENERATED_COSTS,
    months=st.sampled_from([None, 12]),
    ties=st.sampled_from(TieRule),
)
def test_recomputing_from_the_listed_rows_gives_every_figure(
    engine: Engine, rows: list[dict[str, Any]], costs: pa.Table, months: int | None, ties: TieRule
) -> None:
    scores = scored(engine, rows, costs, value_months=months, ties=ties)
    for model, table in scores.tables.items():
        for row in table.arrow().to_pylist()[:3]:
            for figure in figures_of(model):
                if row[figure] is None:
                    continue
                again = recompute(scores.extract, scores.lineage(model, figure, row), scores.tables)
                expected = pytest.approx(row[figure]) if isinstance(row[figure], float) else row[figure]
                assert again == expected, (model, figure)
