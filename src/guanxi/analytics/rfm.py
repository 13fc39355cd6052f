"""Recency, frequency and monetary value, scored 1 to 5 by quintiles."""

from guanxi.analytics.cards import RFM as CARDS
from guanxi.analytics.choices import RfmConvention
from guanxi.analytics.engine import Engine
from guanxi.analytics.extract import Extract
from guanxi.analytics.features import purchase_profile
from guanxi.analytics.reasons import reason, reason_list
from guanxi.analytics.score_table import ScoreTable, keep_scores
from guanxi.analytics.standing import TieRule, quantile_score, standing
from guanxi.analytics.window import Window


def rfm_profile(extract: Extract, window: Window) -> str:
    """Name of a table of the raw recency, frequency and amount of each customer with a purchase in the window.

    Columns: customer_id, last_purchase_on, recency_days (whole days from that date to the as-of date, both on the
    local calendar), frequency (distinct orders that are not returns), monetary (amount net of returns).
    """
    features = extract.engine.sql_of(purchase_profile(extract.lines(window)))
    as_of = window.as_of_date(extract.time_zone).isoformat()
    return extract.engine.keep(
        "rfm_profile",
        "SELECT customer_id, last_purchase_on, "
        f"date_diff('day', last_purchase_on, DATE '{as_of}') AS recency_days, "
        f"frequency, CAST(monetary AS DECIMAL(38,4)) AS monetary FROM ({features})",
    )


def score_rfm(
    engine: Engine,
    profile: str,
    convention: RfmConvention = RfmConvention.INDEPENDENT,
    ties: TieRule = TieRule.FIRST,
) -> ScoreTable:
    """Score a table of `rfm_profile`; one row per customer.

    Columns: customer_id, score (R + F + M), label (the cell, "555" best), rank, position, percentile, recency_score,
    frequency_score, monetary_score, the raw figures, and reasons whose values sum to the score.
    """
    nested = convention is RfmConvention.NESTED
    in_r = "recency_score" if nested else ""
    in_rf = "recency_score, frequency_score" if nested else ""
    sql = f"""
        WITH r AS (SELECT *, {quantile_score("(-recency_days)", ties)} AS recency_score FROM {profile}),
        f AS (SELECT *, {quantile_score("frequency", ties, within=in_r)} AS frequency_score FROM r),
        m AS (SELECT *, {quantile_score("monetary", ties, within=in_rf)} AS monetary_score FROM f),
        scored AS (SELECT *, CAST(recency_score + frequency_score + monetary_score AS DECIMAL(38,4)) AS score FROM m)
        SELECT customer_id, score, concat(recency_score, frequency_score, monetary_score) AS label, {standing("score")},
          recency_score, frequency_score, monetary_score, last_purchase_on, recency_days, frequency, monetary
        FROM scored
        """
    return keep_scores(engine, CARDS[convention].name, sql, _reasons())


def compute_rfm(
    extract: Extract,
    window: Window,
    convention: RfmConvention = RfmConvention.INDEPENDENT,
    ties: TieRule = TieRule.FIRST,
) -> ScoreTable:
    """Profile and score in one step; see `rfm_profile` and `score_rfm`."""
    return score_rfm(extract.engine, rfm_profile(extract, window), convention, ties)


def _reasons() -> str:
    return reason_list(
        reason("recency", "recency_score", {"days": "recency_days", "last_purchase_on": "last_purchase_on"}, adds=True),
        reason("frequency", "frequency_score", {"orders": "frequency"}, adds=True),
        reason("monetary", "monetary_score", {"amount": "monetary"}, adds=True),
    )
