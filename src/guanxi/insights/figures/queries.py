"""The rows behind a figure, read from the tables of facts and scores, and the figure computed again from them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from guanxi.analytics.lineage import Condition, Lineage
from guanxi.customers.score.models import Score, ScoreRun
from guanxi.identity.company.queries import company
from guanxi.insights.figures.rules import postgres_measure

PAGE_ROWS = 25

_LINES = """
SELECT o.customer_id, o.id AS order_id, l.id AS line_id, o.ordered_at,
       (o.ordered_at AT TIME ZONE {zone})::date AS ordered_on, l.quantity, round(l.amount * r.rate, 4) AS amount,
       round(l.cost * r.rate, 4) AS cost, o.is_return, o.number, l.product_id, l.description
FROM customers_orderline l
JOIN customers_order o ON o.id = l.order_id
JOIN (SELECT key AS currency, value::numeric AS rate FROM jsonb_each_text({rates}::jsonb)) r ON r.currency = o.currency
WHERE l.deleted_at IS NULL AND o.deleted_at IS NULL AND o.customer_id IS NOT NULL AND o.status <> 'cancelled'
"""
_COSTS = """
SELECT c.customer_id, round(c.amount * r.rate, 4) AS cost, c.kind, c.incurred_at, c.detail, c.occurrences, c.id
FROM customers_costtoserve c
JOIN (SELECT key AS currency, value::numeric AS rate FROM jsonb_each_text({rates}::jsonb)) r ON r.currency = c.currency
WHERE c.deleted_at IS NULL
"""
_SCORES = """
SELECT customer_id, value AS score, rank AS position, label
FROM customers_score WHERE run_id = {run} AND model = {model}
"""
_RFM = """
SELECT customer_id, value AS score, rank AS position, (reasons->0->'params'->>'days')::int AS recency_days,
       (reasons->1->'params'->>'orders')::int AS frequency, (reasons->2->'params'->>'amount')::numeric AS monetary,
       left(label, 1)::int AS recency_score, substr(label, 2, 1)::int AS frequency_score
FROM customers_score WHERE run_id = {run} AND model = {model}
"""


@dataclass(frozen=True, slots=True)
class Rows:
    """Some of the rows behind a figure: a page of them, how many there are, and the sums over all of them."""

    rows: tuple[dict[str, Any], ...]
    count: int
    amount: Decimal | None
    cost: Decimal | None
    quantity: Decimal | None = None


def stored_score(run: ScoreRun, customer_id: int, model: str) -> Score | None:
    """Return the score row of a customer in a run, or None where the model gave none."""
    return Score.objects.filter(run=run, customer_id=customer_id, model=model).first()


def score_row(score: Score) -> dict[str, Any]:
    """Return a stored score as the row that analytics made, as far as a lineage asks for its columns."""
    said = {item["code"]: item for item in score.reasons}
    params = {code: item.get("params") or {} for code, item in said.items()}
    row: dict[str, Any] = {
        "customer_id": score.customer_id, "score": score.value, "label": score.label, "position": score.rank,
    }  # fmt: skip
    if score.model == "value":
        row["margin_rate"] = Decimal(params.get("estimated_cost", {}).get("margin_rate") or 0)
    if score.model.startswith("rfm"):
        row |= {
            "recency_days": int(params["recency"]["days"]), "frequency": int(params["frequency"]["orders"]),
            "monetary": Decimal(params["monetary"]["amount"]), "recency_score": int(score.label[0]),
            "frequency_score": int(score.label[1]), "monetary_score": int(score.label[2]),
        }  # fmt: skip
    if score.model == "dormancy":
        row["rhythm"] = params["usual_gap"]["rhythm"]
    return row


def measured(run: ScoreRun, leaf: Lineage) -> Any:
    """Return a figure over rows computed again from the rows that stand in the database now."""
    sql, parameters = _behind(run, leaf)
    with connection.cursor() as cursor:
        # Numbers inside a measure come from our own score rows, never from a request.
        cursor.execute(f"WITH behind AS ({sql}) {postgres_measure(leaf.measure).replace('%', '%%')}", parameters)
        row = cursor.fetchone()
    return row[0] if row else None


def rows_of(run: ScoreRun, leaf: Lineage, page: int) -> Rows:
    """Return a page of the facts behind a figure (order lines with product, or costs to serve), newest first."""
    sql, parameters = _behind(run, leaf)
    lines = leaf.source == "purchase_line"
    sums = "sum(amount), sum(cost), sum(quantity)" if lines else "NULL, sum(cost), NULL"
    joined = "SELECT b.*, p.name AS product FROM behind b LEFT JOIN catalog_product p ON p.id = b.product_id"
    order = "ordered_at DESC, line_id DESC" if lines else "cost DESC, id"
    listed = joined if lines else "SELECT * FROM behind"
    with connection.cursor() as cursor:
        cursor.execute(f"WITH behind AS ({sql}) SELECT count(*), {sums} FROM behind", parameters)
        count, amount, cost, quantity = cursor.fetchone()
        limits = [*parameters, PAGE_ROWS, (page - 1) * PAGE_ROWS]
        cursor.execute(f"WITH behind AS ({sql}) {listed} ORDER BY {order} LIMIT %s OFFSET %s", limits)
        names = [column.name for column in cursor.description or ()]
        rows = tuple(dict(zip(names, row, strict=True)) for row in cursor.fetchall())
    return Rows(rows, count, amount, cost, quantity)


def _behind(run: ScoreRun, leaf: Lineage) -> tuple[str, list[Any]]:
    """Return the query of the rows behind a figure over rows, with its parameters."""
    source, parameters = _source(run, leaf.source)
    tests, values = [], []
    for condition in leaf.conditions:
        test, more = _test(condition)
        tests.append(test)
        values += more
    where = " AND ".join(tests) or "TRUE"
    return f"SELECT * FROM ({source}) source WHERE {where}", [*parameters, *values]


def _test(condition: Condition) -> tuple[str, list[Any]]:
    test, values = f"{condition.column} {condition.operator}", []
    if not condition.operator.startswith("is"):
        test, values = f"{test} %s", [condition.value]
    return (f"({test} OR {condition.column} IS NULL)" if condition.or_null else test), values


def _source(run: ScoreRun, source: str) -> tuple[str, list[Any]]:
    if source not in ("purchase_line", "cost_to_serve"):
        table = _RFM if source.startswith("rfm") else _SCORES
        return table.format(run="%s", model="%s"), [run.pk, source]
    settings = company()
    rates = json.dumps({settings.base_currency: "1", **{code: str(rate) for code, rate in settings.rates.items()}})
    if source == "cost_to_serve":
        return _COSTS.format(rates="%s"), [rates]
    return _LINES.format(zone="%s", rates="%s"), [run.parameters["time_zone"], rates]
