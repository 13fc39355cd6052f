"""The whale curve: how the sum of value rises over the best customers and falls again over those that destroy it."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

import pyarrow as pa

from guanxi.analytics.cards import WHALE as CARD
from guanxi.analytics.reasons import reason, reason_list
from guanxi.analytics.score_table import ScoreTable, keep_scores


@dataclass(frozen=True, slots=True)
class WhaleSummary:
    """Both tails of the curve in figures; shares are None where the total value is not positive.

    peak_value is the sum over all customers of positive value, reached at peak_position; destroyed is what the
    customers below zero take away again (<= 0): peak_value + destroyed = total.
    top_share is the share of the total made by the first `top_customers` (the top share rounded up).
    gini is the Gini coefficient of the values, 0 for equal ones; with negative values it can exceed 1.
    """

    customers: int
    total: Decimal
    peak_position: int
    peak_value: Decimal
    peak_share: float | None
    top_customers: int
    top_value: Decimal
    top_share: float | None
    negative_customers: int
    destroyed: Decimal
    destroyed_share: float | None
    gini: float | None


def whale_curve(values: ScoreTable) -> ScoreTable:
    """The curve over a `compute_value` table; one row per customer, best first.

    Columns: customer_id, score (own value), rank, position, percentile, share_of_customers, cumulative (value of this
    and all better customers), cumulative_share and share (of the total; NULL where the total is not positive), reasons
    (own value and that of all before it; together the cumulative value).
    """
    sql = f"""
        WITH running AS (
          SELECT customer_id, score, rank, position, percentile, position / count(*) OVER () AS share_of_customers,
            CAST(sum(score) OVER (ORDER BY position ROWS UNBOUNDED PRECEDING) AS DECIMAL(38,4)) AS cumulative,
            CAST(sum(score) OVER () AS DOUBLE) AS total FROM {values.name})
        SELECT customer_id, score, rank, position, percentile, share_of_customers, cumulative,
          CASE WHEN total > 0 THEN CAST(cumulative AS DOUBLE) / total END AS cumulative_share,
          CASE WHEN total > 0 THEN CAST(score AS DOUBLE) / total END AS share
        FROM running
        """
    return keep_scores(values.engine, CARD.name, sql, _reasons())


def whale_summary(values: ScoreTable, top: Decimal = Decimal("0.2")) -> WhaleSummary:
    """The figures of both tails of a `compute_value` table; `top` is the share of customers looked at.

    Gini coefficient after Gini (1912) as 2 sum(i x_i) / (n sum(x)) - (n + 1)/n with x ascending.
    """
    count = values.num_rows
    first = int((top * count).to_integral_value(ROUND_CEILING))
    sums = values.engine.row(
        f"""
        SELECT coalesce(sum(score), 0) AS total, count(*) FILTER (score > 0) AS peak_position,
          coalesce(sum(score) FILTER (score > 0), 0) AS peak_value,
          coalesce(sum(score) FILTER (position <= {first}), 0) AS top_value,
          count(*) FILTER (score < 0) AS negative_customers,
          coalesce(sum(score) FILTER (score < 0), 0) AS destroyed,
          coalesce(sum(({count} + 1 - position) * CAST(score AS DOUBLE)), 0) AS weighted FROM {values.name}
        """
    )
    total = sums["total"]

    def share(part: Decimal) -> float | None:
        return float(part / total) if total > 0 else None

    weighted = sums.pop("weighted")
    return WhaleSummary(
        customers=count,
        top_customers=first,
        peak_share=share(sums["peak_value"]),
        top_share=share(sums["top_value"]),
        destroyed_share=share(sums["destroyed"]),
        gini=2 * weighted / (count * float(total)) - (count + 1) / count if total > 0 else None,
        **sums,
    )


def chart_points(curve: ScoreTable, points: int = 200) -> pa.Table:
    """About `points` evenly spaced rows of a `whale_curve` for drawing, always with the first, the peak and the last.

    Columns: position, customer_id, score, share_of_customers, cumulative, cumulative_share.
    """
    count = curve.num_rows
    step = max(1, -(-count // max(1, points)))
    return curve.engine.run(
        f"""
        SELECT position, customer_id, score, share_of_customers, cumulative, cumulative_share FROM {curve.name}
        WHERE position % {step} = 0 OR position IN (1, {count})
          OR position = (SELECT count(*) FROM {curve.name} WHERE score > 0) ORDER BY position
        """
    )


def _reasons() -> str:
    return reason_list(
        reason("own_value", "score", adds=True),
        reason("value_ahead", "cumulative - score", {"customers": "position - 1"}, adds=True),
    )
