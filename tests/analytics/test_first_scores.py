"""All first scores in one call."""

import json
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings

from guanxi.analytics import Engine, FirstScores, ScoreSettings, compute_first_scores
from tests.analytics.purchase_lines import AS_OF, GENERATED_COSTS, adding, generated_lines, line, lines_table

COMMON = {"customer_id", "score", "rank", "position", "percentile", "reasons"}


def scored(engine: Engine, rows: list[dict[str, Any]], costs: pa.Table | None = None) -> FirstScores:
    return compute_first_scores(engine, lines_table(rows), AS_OF, costs)


def test_every_model_explains_itself(engine: Engine) -> None:
    scores = scored(engine, [line(1, "10")])
    assert list(scores.tables) == ["rfm_independent", "rfm_nested", "value", "pyramid", "whale", "dormancy"]
    assert set(scores.cards) == set(scores.tables)
    for name, card in scores.cards.items():
        assert card.name == name
        assert all((card.version, card.question.endswith("?"), card.formula, card.source, card.unit))


def test_every_table_has_the_same_leading_columns(engine: Engine) -> None:
    for table in scored(engine, [line(1, "10"), line(2, "20")]).tables.values():
        assert set(table.arrow().column_names) >= COMMON
        assert table.num_rows == 2


def test_without_costs_the_basis_is_net_revenue_and_with_costs_profit(engine: Engine) -> None:
    assert scored(engine, [line(1, "10")]).basis == "net_revenue"
    assert scored(engine, [line(1, "10", cost="4")]).basis == "profit"


def test_no_lines_at_all_give_empty_tables(engine: Engine) -> None:
    scores = scored(engine, [])
    assert scores.basis == ""
    assert [table.num_rows for table in scores.tables.values()] == [0] * 6
    assert (scores.whale.customers, scores.whale.gini, scores.tiers.num_rows) == (0, None, 0)
    assert list(scores.tables["value"].batches()) == []


def test_value_looks_back_twelve_months_and_rhythm_further(engine: Engine) -> None:
    scores = scored(engine, [line(1, "10", days_ago=30), line(2, "10", days_ago=500)])
    assert {name: table.num_rows for name, table in scores.tables.items()} == {
        "rfm_independent": 2, "rfm_nested": 2, "value": 1, "pyramid": 1, "whale": 1, "dormancy": 2,
    }  # fmt: skip


def test_an_earlier_as_of_sees_only_what_was_known_then(engine: Engine) -> None:
    lines = lines_table([line(1, "10", days_ago=30), line(1, "90", days_ago=3), line(2, "20", days_ago=30)])
    then = compute_first_scores(engine, lines, AS_OF - timedelta(days=7))
    assert [row["customer_id"] for row in then.tables["value"].arrow().to_pylist()] == [2, 1]
    now = compute_first_scores(engine, lines, AS_OF)
    assert [row["customer_id"] for row in now.tables["value"].arrow().to_pylist()] == [1, 2]
    assert then.tables["value"].arrow()["score"].to_pylist() == [Decimal(20), Decimal(10)]


def test_batches_hand_out_every_row_once_with_reasons_as_json(engine: Engine) -> None:
    table = scored(engine, [line(c, str(c)) for c in range(1, 8)]).tables["value"]
    batches = list(table.batches(rows=3))
    assert [batch.num_rows for batch in batches] == [3, 3, 1]
    rows = [row for batch in batches for row in batch.to_pylist()]
    assert [row["customer_id"] for row in rows] == [7, 6, 5, 4, 3, 2, 1]
    assert json.loads(rows[0]["reasons"])[0] == {"code": "revenue", "value": 7.0, "adds": True, "params": {}}


def test_one_row_can_be_asked_for(engine: Engine) -> None:
    table = scored(engine, [line(1, "10"), line(2, "20")]).tables["pyramid"]
    assert (table.row(2) or {})["label"] == "platinum"
    assert table.row(99) is None


@settings(max_examples=15, deadline=None)
@given(rows=generated_lines(), costs=GENERATED_COSTS)
def test_adding_reasons_sum_to_the_score_in_every_table(
    engine: Engine, rows: list[dict[str, Any]], costs: pa.Table
) -> None:
    scores = compute_first_scores(engine, lines_table(rows), AS_OF, costs, ScoreSettings(value_months=None))
    for model, table in scores.tables.items():
        for row in table.arrow().to_pylist():
            assert row["reasons"]
            if model != "dormancy":
                assert adding(row) == row["cumulative" if model == "whale" else "score"]


@pytest.mark.parametrize("foreign", ["django", "guanxi.core", "guanxi.records", "guanxi.config"])
def test_the_library_has_never_heard_of_the_rest_of_the_house(foreign: str) -> None:
    code = f"import guanxi.analytics, sys; sys.exit(any((m + '.').startswith('{foreign}.') for m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
