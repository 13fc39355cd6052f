"""What an extract must be before anything is computed from it."""

from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfoNotFoundError

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from guanxi.analytics import Engine, ExtractRefused, Window, compute_value, open_extract
from tests.analytics.purchase_lines import AS_OF, by_customer, costs_table, line, lines_table

GOOD = lines_table([line(1, "10.00", cost="4.00")])


def replaced(column: str, values: pa.Array) -> pa.Table:
    return GOOD.set_column(GOOD.schema.get_field_index(column), column, values)


@pytest.mark.parametrize("column", ["customer_id", "order_id", "ordered_at", "quantity", "amount", "cost", "is_return"])
def test_a_missing_column_is_named(engine: Engine, column: str) -> None:
    with pytest.raises(ExtractRefused, match=f"no column {column}"):
        open_extract(engine, GOOD.drop_columns([column]))


def test_floating_point_money_is_refused(engine: Engine) -> None:
    with pytest.raises(ExtractRefused, match=r"amount is DOUBLE; money must be DECIMAL"):
        open_extract(engine, replaced("amount", pa.array([10.0])))


def test_more_than_four_decimals_are_refused_rather_than_rounded(engine: Engine) -> None:
    with pytest.raises(ExtractRefused, match="at most 4 decimals"):
        open_extract(engine, replaced("cost", pa.array([Decimal("1.00001")], pa.decimal128(18, 5))))


def test_an_instant_without_a_time_zone_is_refused(engine: Engine) -> None:
    with pytest.raises(ExtractRefused, match="instants need a time zone"):
        open_extract(engine, replaced("ordered_at", pa.array([AS_OF.replace(tzinfo=None)], pa.timestamp("us"))))


@pytest.mark.parametrize("column", ["order_id", "ordered_at", "amount", "is_return"])
def test_a_line_of_a_customer_must_be_complete(engine: Engine, column: str) -> None:
    empty = pa.nulls(1, GOOD.schema.field(column).type)
    with pytest.raises(ExtractRefused, match=f"{column} is empty in 1 rows"):
        open_extract(engine, replaced(column, empty))


def test_lines_without_a_customer_take_no_part_even_if_incomplete(engine: Engine) -> None:
    nobody = {**line(1, "99.00"), "customer_id": None, "order_id": None}
    extract = open_extract(engine, lines_table([line(1, "10.00"), nobody]))
    assert [row["score"] for row in compute_value(extract, Window(AS_OF)).arrow().to_pylist()] == [Decimal(10)]


def test_a_cost_to_serve_must_belong_to_a_customer(engine: Engine) -> None:
    costs = costs_table((1, "1.00", None, None))
    empty = costs.set_column(0, "customer_id", pa.nulls(1, pa.int64()))
    with pytest.raises(ExtractRefused, match="customer_id is empty"):
        open_extract(engine, GOOD, empty)


def test_an_unknown_time_zone_is_refused(engine: Engine) -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        open_extract(engine, GOOD, time_zone="Mars/Olympus")


def test_parquet_and_record_batches_give_the_same_as_a_table(engine: Engine, tmp_path: Path) -> None:
    table = lines_table([line(c, str(c), cost="1") for c in range(1, 50)])
    pq.write_table(table, tmp_path / "lines.parquet")
    sources = (table, tmp_path / "lines.parquet", table.to_reader(max_chunksize=7))
    found = [by_customer(compute_value(open_extract(engine, source), Window(AS_OF))) for source in sources]
    assert found[0] == found[1] == found[2]
    assert len(found[0]) == 49


def test_closing_an_engine_removes_what_it_spilled(tmp_path: Path) -> None:
    with Engine(memory_limit="64MB", spill_folder=tmp_path) as engine:
        assert len(list(tmp_path.iterdir())) == 1
        assert engine.row("SELECT current_setting('memory_limit') AS m, current_setting('threads') AS t")["t"] == 2
    assert list(tmp_path.iterdir()) == []
