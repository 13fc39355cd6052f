"""Storing a finished computation: score rows, and the projection that lists and segments read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
from django.db import connection

from guanxi.analytics.first_scores import FirstScores
from guanxi.analytics.score_table import ScoreTable
from guanxi.customers.score.models import ScoreRun

STORED_MODELS = ("value", "pyramid", "rfm_independent", "rfm_nested", "dormancy")
_FIGURE_COLUMNS = (
    "customer_id", "run_id", "as_of", "currency", "revenue", "margin", "cost_to_serve", "profit", "value", "value_rank",
    "value_percentile", "tier", "recency_days", "purchases", "monetary", "rfm", "rfm_nested", "rhythm", "silence_ratio",
    "expected_next", "first_purchase_at", "last_purchase_at",
)  # fmt: skip
_FIGURES = """
SELECT c.customer_id, {run} AS run_id, DATE '{as_of}' AS as_of, '{currency}' AS currency,
       round(v.net_revenue, 2) AS revenue, round(v.margin, 2) AS margin, round(v.cost_to_serve, 2) AS cost_to_serve,
       round(v.profit_contribution, 2) AS profit, round(v.score, 2) AS value, v.position AS value_rank,
       round(100 * v.percentile, 3) AS value_percentile, coalesce(t.label, '') AS tier,
       CASE WHEN r.recency_days < 0 THEN 0 ELSE r.recency_days END AS recency_days,
       r.frequency AS purchases, round(r.monetary, 2) AS monetary,
       coalesce(r.label, '') AS rfm, coalesce(n.label, '') AS rfm_nested, coalesce(d.label, '') AS rhythm,
       round(CASE WHEN d.score > 999999 THEN 999999 ELSE d.score END, 3) AS silence_ratio,
       d.expected_next_on AS expected_next,
       strftime(p.first_at, '%Y-%m-%d %H:%M:%S+00') AS first_purchase_at,
       strftime(p.last_at, '%Y-%m-%d %H:%M:%S+00') AS last_purchase_at
FROM (SELECT customer_id FROM {value} UNION SELECT customer_id FROM {rfm} UNION SELECT customer_id FROM {dormancy}) c
LEFT JOIN {value} v USING (customer_id) LEFT JOIN {pyramid} t USING (customer_id)
LEFT JOIN {rfm} r USING (customer_id) LEFT JOIN {nested} n USING (customer_id)
LEFT JOIN {dormancy} d USING (customer_id)
LEFT JOIN (SELECT customer_id, min(ordered_at) AS first_at, max(ordered_at) AS last_at
           FROM purchase_line WHERE NOT is_return AND ordered_at < TIMESTAMPTZ '{instant}' GROUP BY customer_id
          ) p USING (customer_id)
"""


def store_scores(run: ScoreRun, scores: FirstScores, more: Mapping[str, ScoreTable]) -> int:
    """Write the score rows of all stored models and of ``more``; returns how many. Call inside a transaction."""
    written = 0
    for model, scored in {**{name: scores.tables[name] for name in STORED_MODELS}, **more}.items():
        for batch in scored.batches():
            label = batch["label"] if "label" in batch.column_names else pa.nulls(batch.num_rows, pa.string())
            rows = pa.table({
                "run_id": pa.repeat(run.pk, batch.num_rows), "customer_id": batch["customer_id"],
                "model": pa.repeat(model, batch.num_rows), "value": batch["score"].cast(pa.string()),
                "label": label.fill_null("") if model != "value" else label,
                "rank": batch["position"], "percentile": pc.multiply(batch["percentile"].cast(pa.float64()), 100.0),
                "reasons": batch["reasons"],
            })  # fmt: skip
            _copy_table("customers_score", rows)
            written += batch.num_rows
    return written


def replace_figures(run: ScoreRun, scores: FirstScores, currency: str) -> int:
    """Rewrite the projection ``CustomerFigures`` from this run; returns how many customers have figures.

    Call inside a transaction: readers see either the old run's figures or the new one's.
    """
    names = {model: table.name for model, table in scores.tables.items()}
    sql = _FIGURES.format(
        run=run.pk, as_of=run.as_of, currency=currency, instant=scores.as_of.isoformat(), value=names["value"],
        pyramid=names["pyramid"], rfm=names["rfm_independent"], nested=names["rfm_nested"], dormancy=names["dormancy"],
    )  # fmt: skip
    engine = scores.extract.engine
    figures = engine.keep("figures", sql)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM customers_customerfigures")
    total = int(engine.row(f"SELECT count(*) AS n FROM {figures}")["n"])
    ordered = engine.keep("ordered", f"SELECT row_number() OVER (ORDER BY customer_id) AS n, * FROM {figures}")
    for first in range(0, total, 50_000):
        batch = engine.run(f"SELECT * EXCLUDE (n) FROM {ordered} WHERE n > {first} AND n <= {first + 50_000}")
        _copy_table("customers_customerfigures", batch.select(list(_FIGURE_COLUMNS)))
    return total


def _copy_table(table: str, rows: pa.Table) -> None:
    """Append an Arrow table to a database table by COPY; the Arrow column names are the column names."""
    columns = [
        column.cast(pa.string()) if pa.types.is_decimal(column.type) or pa.types.is_date(column.type) else column
        for column in rows.columns
    ]
    plain = pa.table(dict(zip(rows.column_names, columns, strict=True)))
    sink = pa.BufferOutputStream()
    options: Any = arrow_csv.WriteOptions(include_header=False)
    arrow_csv.write_csv(plain, sink, options)
    names = ", ".join(f'"{name}"' for name in rows.column_names)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT csv)") as target:
        target.write(sink.getvalue().to_pybytes())
