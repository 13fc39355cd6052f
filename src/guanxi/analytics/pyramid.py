"""The customer pyramid: tiers by value, and how customers move between them."""

import pyarrow as pa

from guanxi.analytics.cards import PYRAMID as CARD
from guanxi.analytics.choices import TierShares
from guanxi.analytics.reasons import reason, reason_list
from guanxi.analytics.score_table import ScoreTable, keep_scores

TIERS = ("platinum", "gold", "iron", "lead", "negative")


def assign_tiers(values: ScoreTable, shares: TierShares | None = None) -> ScoreTable:
    """Put each customer of a `compute_value` table into its tier; one row each, best first.

    Columns: customer_id, score (the value), label (the tier), rank, position, percentile, share (position over all),
    next_tier and next_tier_gap (the tier above and the value missing to it, NULL in the best tier present), reasons.
    """
    customers = values.num_rows
    platinum, gold, iron = (shares or TierShares()).last_positions(customers)
    # Out of the negative tier the way is to zero, not to the poorest customer above.
    sql = f"""
        WITH tiered AS (
          SELECT customer_id, score, rank, position, percentile, label AS basis, position / {customers} AS share,
            CASE WHEN score < 0 THEN 5 WHEN position <= {platinum} THEN 1 WHEN position <= {gold} THEN 2
              WHEN position <= {iron} THEN 3 ELSE 4 END AS tier FROM {values.name}),
        floors AS (SELECT tier, CASE WHEN tier = 5 THEN 4 ELSE lag(tier) OVER tiers END AS above,
            CASE WHEN tier = 5 THEN 0 ELSE lag(min(score)) OVER tiers END AS floor_above
          FROM tiered GROUP BY tier WINDOW tiers AS (ORDER BY tier))
        SELECT customer_id, score, {list(TIERS)}[tier] AS label, rank, position, percentile, share, basis,
          {list(TIERS)}[above] AS next_tier, CAST(floor_above - score AS DECIMAL(38,4)) AS next_tier_gap
        FROM tiered JOIN floors USING (tier)
        """
    return keep_scores(values.engine, CARD.name, sql, _reasons(customers))


def tier_summary(tiers: ScoreTable) -> pa.Table:
    """Per tier, best first: tier, customers, share_of_customers, value, share_of_value (NULL when the total is 0)."""
    return tiers.engine.run(
        f"""
        SELECT label AS tier, count(*) AS customers, count(*) / sum(count(*)) OVER () AS share_of_customers,
          CAST(sum(score) AS DECIMAL(38,4)) AS value,
          CAST(sum(score) AS DOUBLE) / CAST(nullif(sum(sum(score)) OVER (), 0) AS DOUBLE) AS share_of_value
        FROM {tiers.name} GROUP BY label ORDER BY list_position({list(TIERS)}, label)
        """
    )


def tier_migration(before: ScoreTable, after: ScoreTable) -> pa.Table:
    """The migration matrix between two `assign_tiers` tables of one engine, one row per pair of tiers that occurs.

    Columns: from_tier, to_tier, customers, share_of_from (sums to 1 for each from_tier), value_before, value_after.
    A customer missing on one side is "absent" there: absent to gold is won, gold to absent is lost.
    """
    order = [*TIERS, "absent"]
    return after.engine.run(
        f"""
        SELECT coalesce(b.label, 'absent') AS from_tier, coalesce(a.label, 'absent') AS to_tier,
          count(*) AS customers, count(*) / sum(count(*)) OVER (PARTITION BY b.label) AS share_of_from,
          CAST(coalesce(sum(b.score), 0) AS DECIMAL(38,4)) AS value_before,
          CAST(coalesce(sum(a.score), 0) AS DECIMAL(38,4)) AS value_after
        FROM {before.name} b FULL JOIN {after.name} a USING (customer_id)
        GROUP BY b.label, a.label
        ORDER BY list_position({order}, from_tier), list_position({order}, to_tier)
        """
    )


def _reasons(customers: int) -> str:
    stands = [
        reason("value", "score", {"basis": "basis"}, adds=True),
        reason("standing", "position", {"of": str(customers), "share": "round(share, 4)"}),
    ]
    upward = reason("next_tier", "next_tier_gap", {"tier": "next_tier"})
    return f"CASE WHEN next_tier IS NULL THEN {reason_list(*stands)} ELSE {reason_list(*stands, upward)} END"
