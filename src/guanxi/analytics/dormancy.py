"""Dormancy by each customer's own rhythm instead of one fixed number of days for all."""

from guanxi.analytics.cards import DORMANCY as CARD
from guanxi.analytics.choices import DormancyRule
from guanxi.analytics.extract import Extract
from guanxi.analytics.features import purchase_days
from guanxi.analytics.reasons import reason, reason_list
from guanxi.analytics.score_table import ScoreTable, keep_scores
from guanxi.analytics.standing import standing
from guanxi.analytics.window import Window


def compute_dormancy(extract: Extract, window: Window, rule: DormancyRule | None = None) -> ScoreTable:
    """Silence of each customer with a purchase in the window; one row each, most overdue first.

    Columns: customer_id, score (days silent over the usual gap, "ratio"), label (active, slowing, dormant or one_time),
    rank, position, percentile, purchase_days, last_purchase_on, days_silent, usual_gap and high_gap (days),
    rhythm ("own" or "population"), expected_next_on, slowing_after_days, dormant_after_days, reasons (context only).
    The population's rhythm is that of the first gaps of all customers, as many each as would make an own rhythm, so
    that frequent buyers do not outvote the others. Score and expectation are NULL where nobody has bought twice.
    """
    given = rule or DormancyRule()
    engine = extract.engine
    as_of = window.as_of_date(extract.time_zone).isoformat()
    sql = f"""
        WITH days AS ({engine.sql_of(purchase_days(extract.lines(window)))}),
        gaps AS MATERIALIZED (
          SELECT customer_id, ordered_on, row_number() OVER customer - 1 AS gap_number,
            date_diff('day', lag(ordered_on) OVER customer, ordered_on) AS gap
          FROM days WINDOW customer AS (PARTITION BY customer_id ORDER BY ordered_on)),
        everyone AS (SELECT {_quantiles(given, "all")} FROM gaps WHERE gap_number < {given.own_rhythm_from}),
        own AS (SELECT customer_id, count(*) AS purchase_days, max(ordered_on) AS last_purchase_on,
          {_quantiles(given, "own")} FROM gaps GROUP BY customer_id),
        judged AS ({_judged(given, as_of)} FROM own CROSS JOIN everyone),
        limits AS (SELECT *, CAST(days_silent / usual_gap AS DECIMAL(38,4)) AS score,
          high_gap AS slowing_after_days, high_gap * {given.dormant_multiple} AS dormant_after_days FROM judged)
        SELECT customer_id, score, {_state()} AS label, {standing("score")}, purchase_days, last_purchase_on,
          days_silent, usual_gap, high_gap, rhythm,
          last_purchase_on + CAST(round(usual_gap) AS INTEGER) AS expected_next_on,
          CAST(slowing_after_days AS DOUBLE) AS slowing_after_days,
          CAST(dormant_after_days AS DOUBLE) AS dormant_after_days
        FROM limits
        """
    return keep_scores(engine, CARD.name, sql, _reasons())


def _quantiles(rule: DormancyRule, prefix: str) -> str:
    return (
        f"quantile_cont(CAST(gap AS DOUBLE), 0.5) AS {prefix}_usual, "
        f"quantile_cont(CAST(gap AS DOUBLE), {rule.high_quantile}) AS {prefix}_high"
    )


def _judged(rule: DormancyRule, as_of: str) -> str:
    own = f"purchase_days >= {rule.own_rhythm_from}"
    return (
        f"SELECT customer_id, purchase_days, last_purchase_on, "
        f"date_diff('day', last_purchase_on, DATE '{as_of}') AS days_silent, "
        f"CASE WHEN {own} THEN own_usual ELSE all_usual END AS usual_gap, "
        f"CASE WHEN {own} THEN own_high ELSE all_high END AS high_gap, "
        f"CASE WHEN {own} THEN 'own' ELSE 'population' END AS rhythm"
    )


def _state() -> str:
    return (
        "CASE WHEN purchase_days = 1 THEN 'one_time' WHEN days_silent > dormant_after_days THEN 'dormant' "
        "WHEN days_silent > slowing_after_days THEN 'slowing' ELSE 'active' END"
    )


def _reasons() -> str:
    return reason_list(
        reason("days_silent", "days_silent", {"last_purchase_on": "last_purchase_on"}),
        reason("usual_gap", "usual_gap", {"rhythm": "rhythm", "purchase_days": "purchase_days"}),
        reason("slowing_after", "slowing_after_days"),
        reason("dormant_after", "dormant_after_days"),
    )
