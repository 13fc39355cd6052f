"""Where a customer stands among all: ranks, percentiles and quintiles, with ties settled on purpose."""

from enum import StrEnum


class TieRule(StrEnum):
    """What happens to equal values. The published counts of any quintile table depend on it, so it is always stated.

    FIRST: ranked in order of customer id, so that groups are of equal size (pandas rank "first").
    EQUAL: equal values share their mean rank and get equal scores, so that groups may differ in size.
    """

    FIRST = "first"
    EQUAL = "equal"


def standing(score: str) -> str:
    """SQL columns rank, position and percentile of a score, best first.

    rank: equal scores share the better rank. position: 1..n without gaps, ties by customer id.
    percentile: share of customers with at most this score, in (0, 1]; NULL scores stand last.
    """
    order = f"{score} DESC NULLS LAST"
    return (
        f"rank() OVER (ORDER BY {order}) AS rank, "
        f"row_number() OVER (ORDER BY {order}, customer_id) AS position, "
        f"(count(*) OVER () + 1 - rank() OVER (ORDER BY {order})) / count(*) OVER () AS percentile"
    )


def quantile_score(value: str, ties: TieRule, groups: int = 5, within: str = "") -> str:
    """SQL of a 1..groups score of a value where more is better, over all rows or `within` the named columns.

    With k the rank of the value from the worst (mean rank for TieRule.EQUAL) among n rows the score is
    max(1, ceil(groups (k - 1)/(n - 1))): the value is compared with the linearly interpolated sample quantiles
    (Hyndman & Fan 1996, type 7), all in whole numbers. A row alone in its group gets the middle score.
    """
    partition = f"PARTITION BY {within}" if within else ""
    everyone = f"count(*) OVER ({partition})"
    if ties is TieRule.FIRST:
        # Doubled so that mean ranks, which may end in a half, stay whole numbers below.
        behind = f"(2 * (row_number() OVER ({partition} ORDER BY {value}, customer_id) - 1))"
    else:
        same = f"count(*) OVER (PARTITION BY {', '.join(filter(None, [within, value]))})"
        behind = f"(2 * (rank() OVER ({partition} ORDER BY {value}) - 1) + {same} - 1)"
    steps = f"(2 * ({everyone} - 1))"
    scored = f"greatest(1, ({groups} * {behind} + {steps} - 1) // {steps})"
    return f"CAST(CASE WHEN {everyone} = 1 THEN {(groups + 1) // 2} ELSE {scored} END AS INTEGER)"
