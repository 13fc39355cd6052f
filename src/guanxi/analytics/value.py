"""What a customer is worth: revenue, margin and contribution to profit after the cost to serve."""

from decimal import Decimal

from guanxi.analytics.cards import VALUE as CARD
from guanxi.analytics.choices import CostPolicy
from guanxi.analytics.extract import Extract
from guanxi.analytics.features import line_sums, serving_costs
from guanxi.analytics.reasons import REASONS_TYPE, reason, reason_list
from guanxi.analytics.score_table import ScoreTable, keep_scores
from guanxi.analytics.standing import standing
from guanxi.analytics.window import Window


def compute_value(extract: Extract, window: Window, policy: CostPolicy | None = None) -> ScoreTable:
    """Value of each customer with a line, or a cost to serve, in the window; one row each, best first.

    Columns: customer_id, score, label ("profit" or "net_revenue": what the score is), rank, position, percentile,
    lines, revenue, returns (<= 0 as a rule), net_revenue, cost (known part), uncosted_amount (amount of the lines of
    unknown cost), estimated_cost (of those lines, at the population's margin rate), margin, cost_to_serve,
    profit_contribution, cost_coverage (share of this customer's turnover whose cost is known),
    margin_rate and population_coverage (of all customers), serving (costs to serve by kind, as reasons), reasons.
    With label "net_revenue", margin and profit_contribution are given only where every cost of the customer is known.
    The values of the adding reasons sum exactly to the score.
    """
    least = (policy or CostPolicy()).minimum_coverage
    engine = extract.engine
    sql = f"""
        WITH sums AS MATERIALIZED ({engine.sql_of(line_sums(extract.lines(window)))}),
        population AS (SELECT {_population(least)} FROM sums),
        kinds AS ({engine.sql_of(serving_costs(extract.cost_to_serve(window)))}),
        served AS (SELECT customer_id, sum(cost) AS cost_to_serve, {_serving_reasons()} AS serving
          FROM kinds GROUP BY customer_id),
        joined AS (
          SELECT customer_id, {_joined_columns()}, population.*
          FROM sums FULL JOIN served USING (customer_id) CROSS JOIN population),
        estimated AS (
          SELECT *, {_money("revenue + returns")} AS net_revenue,
            {_money("uncosted_amount - uncosted_amount * margin_rate")} AS estimated_cost FROM joined),
        margins AS (
          SELECT *, CASE WHEN basis = 'profit' THEN net_revenue - cost - estimated_cost
            WHEN uncosted_lines = 0 AND lines > 0 THEN net_revenue - cost END AS margin FROM estimated),
        valued AS (
          SELECT *, {_money("margin - cost_to_serve")} AS profit_contribution,
            {_money("CASE WHEN basis = 'profit' THEN margin - cost_to_serve ELSE net_revenue END")} AS score
          FROM margins)
        SELECT customer_id, score, basis AS label, {standing("score")}, lines, revenue, returns, net_revenue, cost,
          uncosted_amount, CASE WHEN basis = 'profit' THEN estimated_cost END AS estimated_cost,
          {_money("margin")} AS margin, cost_to_serve, profit_contribution,
          CAST(costed_weight AS DOUBLE) / CAST(nullif(weight, 0) AS DOUBLE) AS cost_coverage,
          margin_rate, coverage AS population_coverage, serving
        FROM valued
        """
    return keep_scores(engine, CARD.name, sql, _reasons())


def _money(sql: str) -> str:
    return f"CAST({sql} AS DECIMAL(38,4))"


def _population(least: Decimal) -> str:
    rate = "CAST(sum(costed_amount - cost)::DOUBLE / nullif(sum(costed_amount), 0)::DOUBLE AS DECIMAL(18,8))"
    coverage = "coalesce(sum(costed_weight)::DOUBLE / nullif(sum(weight), 0)::DOUBLE, 0)"
    known = f"{coverage} >= {least} AND {coverage} > 0 AND {rate} IS NOT NULL"
    return (
        f"{rate} AS margin_rate, {coverage} AS coverage, "
        f"CASE WHEN {known} THEN 'profit' ELSE 'net_revenue' END AS basis"
    )


def _joined_columns() -> str:
    counts = ("lines", "uncosted_lines")
    sums = ("revenue", "returns", "cost", "costed_amount", "uncosted_amount", "costed_weight", "weight")
    return ", ".join(
        [f"coalesce({c}, 0) AS {c}" for c in counts]
        + [f"{_money(f'coalesce({c}, 0)')} AS {c}" for c in (*sums, "cost_to_serve")]
        + [f"coalesce(serving, CAST([] AS {REASONS_TYPE})) AS serving"]
    )


def _serving_reasons() -> str:
    one = reason("cost_to_serve", "-cost", {"kind": "kind"}, adds=True)
    return f"list({one} ORDER BY kind)"


def _reasons() -> str:
    takings = [reason("revenue", "revenue", adds=True), reason("returns", "returns", adds=True)]
    estimate = {"amount": "uncosted_amount", "margin_rate": "margin_rate"}
    by_profit = reason_list(
        *takings,
        reason("cost", "-cost", adds=True),
        reason("estimated_cost", "-estimated_cost", estimate, adds=True),
    )
    coverage = {"coverage": "round(population_coverage, 4)", "cost_to_serve": "cost_to_serve"}
    by_revenue = reason_list(*takings, reason("cost_unknown", "uncosted_amount", coverage))
    return f"CASE WHEN label = 'profit' THEN list_concat({by_profit}, serving) ELSE {by_revenue} END"
