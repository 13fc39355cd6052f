"""The lineage of every figure in the first score tables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from guanxi.analytics.errors import UnknownFigure
from guanxi.analytics.lineage import Condition, Lineage
from guanxi.analytics.settings import ScoreSettings
from guanxi.analytics.standing import TieRule
from guanxi.analytics.window import Window

ONE, MINUS = Decimal(1), Decimal(-1)
BOUGHT = Condition("is_return", "=", False)
RETURNED = Condition("is_return", "=", True)
UNCOSTED = Condition("cost", "is null")


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of a score table in the run that made it."""

    model: str
    row: Mapping[str, Any]
    as_of: datetime
    settings: ScoreSettings

    @property
    def window(self) -> Window:
        if self.model.startswith("rfm"):
            return self.settings.rfm_window(self.as_of)
        return Window(self.as_of) if self.model == "dormancy" else self.settings.value_window(self.as_of)

    def lines(self, figure: str, aggregate: str, *more: Condition, everyone: bool = False) -> Lineage:
        """A figure over the customer's purchase lines of the window (or everyone's)."""
        measure = aggregate if aggregate.startswith("SELECT") else f"SELECT {aggregate} FROM behind"
        own = () if everyone else (Condition("customer_id", "=", self.row["customer_id"]),)
        return Lineage(figure, "purchase_line", (*own, *_within("ordered_at", self.window), *more), measure)

    def scores(self, figure: str, aggregate: str, *conditions: Condition) -> Lineage:
        """A figure over the score rows of the same run."""
        return Lineage(figure, self.model, conditions, f"SELECT {aggregate} FROM behind")

    @property
    def as_of_sql(self) -> str:
        return f"DATE '{self.window.as_of_date(self.settings.time_zone).isoformat()}'"


def lineage_of(
    model: str, figure: str, row: Mapping[str, Any], as_of: datetime, settings: ScoreSettings | None = None
) -> Lineage:
    """The lineage of one figure (a column name) of one row of the score table `model`.

    `model` is a table name of `FirstScores`; `row` the score row with all its columns;
    `as_of` and `settings` those of its run.
    Raises UnknownFigure when the model has no such figure.
    """
    made = _FIGURES.get((model, figure)) or _FIGURES.get(("", figure))
    if made is None:
        raise UnknownFigure(f"{model} has no figure {figure}")
    return made(_Row(model, row, as_of, settings or ScoreSettings()))


def figures_of(model: str) -> tuple[str, ...]:
    """The figures of a score table that have a lineage."""
    own = [figure for name, figure in _FIGURES if name == model]
    return tuple(dict.fromkeys([*own, *(figure for name, figure in _FIGURES if name == "")]))


def _within(instant: str, window: Window, *, or_null: bool = False) -> tuple[Condition, ...]:
    until = Condition(instant, "<", window.end, or_null)
    return (until,) if window.start is None else (Condition(instant, ">=", window.start, or_null), until)


# -- value ------------------------------------------------------------------------------------------------------------


def _amount(column: str) -> str:
    return f"coalesce(sum({column}), 0)"


def _cost_to_serve(r: _Row) -> Lineage:
    own = Condition("customer_id", "=", r.row["customer_id"])
    conditions = (own, *_within("incurred_at", r.window, or_null=True))
    return Lineage("cost_to_serve", "cost_to_serve", conditions, f"SELECT {_amount('cost')} FROM behind")


def _net_revenue(r: _Row) -> Lineage:
    return r.lines("net_revenue", _amount("amount"))


def _uncosted(r: _Row) -> Lineage:
    return r.lines("uncosted_amount", _amount("amount"), UNCOSTED)


def _cost(r: _Row) -> Lineage:
    return r.lines("cost", _amount("cost"), Condition("cost", "is not null"))


def _estimated_cost(r: _Row) -> Lineage:
    factor = ONE - r.row["margin_rate"]
    return Lineage("estimated_cost", parts=((factor, _uncosted(r)),), decimals=4)


def _margin(r: _Row) -> Lineage:
    parts = [(ONE, _net_revenue(r)), (MINUS, _cost(r))]
    if r.row["label"] == "profit":
        parts.append((MINUS, _estimated_cost(r)))
    return Lineage("margin", parts=tuple(parts))


def _profit_contribution(r: _Row) -> Lineage:
    return Lineage("profit_contribution", parts=((ONE, _margin(r)), (MINUS, _cost_to_serve(r))))


def _value(r: _Row) -> Lineage:
    return _profit_contribution(r) if r.row["label"] == "profit" else _net_revenue(r)


# -- RFM --------------------------------------------------------------------------------------------------------------


def _days_since_last(figure: str) -> Callable[[_Row], Lineage]:
    return lambda r: r.lines(figure, f"date_diff('day', max(ordered_on), {r.as_of_sql})", BOUGHT)


def _quintile(figure: str, raw: str, better: str, within: tuple[str, ...]) -> Callable[[_Row], Lineage]:
    """The score by counting who stands behind; `better` is the sign that makes more of `raw` better."""

    def made(r: _Row) -> Lineage:
        cell = within if r.model == "rfm_nested" else ()
        behind = f"count(*) FILTER ({better}{raw} < {better}({r.row[raw]}))"
        same = f"{raw} = {r.row[raw]}"
        if r.settings.ties is TieRule.FIRST:
            before = f"2 * ({behind} + count(*) FILTER ({same} AND customer_id < {r.row['customer_id']}))"
        else:
            before = f"2 * {behind} + count(*) FILTER ({same}) - 1"
        steps = "(2 * (count(*) - 1))"
        score = f"greatest(1, (5 * ({before}) + {steps} - 1) // {steps})"
        return r.scores(
            figure,
            f"CASE WHEN count(*) = 1 THEN 3 ELSE {score} END",
            *(Condition(column, "=", r.row[column]) for column in cell),
        )

    return made


_recency_score = _quintile("recency_score", "recency_days", "-", ())
_frequency_score = _quintile("frequency_score", "frequency", "", ("recency_score",))
_monetary_score = _quintile("monetary_score", "monetary", "", ("recency_score", "frequency_score"))


def _rfm_total(r: _Row) -> Lineage:
    return Lineage("score", parts=tuple((ONE, f(r)) for f in (_recency_score, _frequency_score, _monetary_score)))


# -- dormancy ---------------------------------------------------------------------------------------------------------


def _gap(figure: str, quantile: Callable[[ScoreSettings], object]) -> Callable[[_Row], Lineage]:
    def made(r: _Row) -> Lineage:
        own = r.row["rhythm"] == "own"
        first = "TRUE" if own else f"number < {r.settings.dormancy.own_rhythm_from}"
        gaps = (
            "SELECT date_diff('day', lag(ordered_on) OVER c, ordered_on) AS gap, row_number() OVER c - 1 AS number "
            "FROM (SELECT DISTINCT customer_id, ordered_on FROM behind) "
            "WINDOW c AS (PARTITION BY customer_id ORDER BY ordered_on)"
        )
        measure = f"SELECT quantile_cont(CAST(gap AS DOUBLE), {quantile(r.settings)}) FROM ({gaps}) WHERE {first}"
        return r.lines(figure, measure, BOUGHT, everyone=not own)

    return made


_days_silent = _days_since_last("days_silent")
_usual_gap = _gap("usual_gap", lambda settings: 0.5)


def _ratio(r: _Row) -> Lineage:
    return Lineage("score", parts=((ONE, _days_silent(r)), (ONE, _usual_gap(r))), divides=True, decimals=4)


# -- standing, pyramid and whale curve --------------------------------------------------------------------------------


def _rank(r: _Row) -> Lineage:
    return r.scores("rank", "count(*) + 1", _above(r))


def _above(r: _Row) -> Condition:
    """Who stands above: a higher score, or any score at all where this row has none."""
    score = r.row["score"]
    return Condition("score", "is not null") if score is None else Condition("score", ">", score)


def _position(r: _Row) -> Lineage:
    score, customer = r.row["score"], r.row["customer_id"]
    if score is None:
        return r.scores("position", f"count(*) FILTER (score IS NOT NULL OR customer_id <= {customer})")
    ahead = f"count(*) FILTER (score > {score} OR customer_id <= {customer})"
    return r.scores("position", ahead, Condition("score", ">=", score))


def _percentile(r: _Row) -> Lineage:
    score = r.row["score"]
    at_most = "score IS NULL" if score is None else f"score IS NULL OR score <= {score}"
    return r.scores("percentile", f"count(*) FILTER ({at_most}) / count(*)")


def _value_of_customer(r: _Row) -> Lineage:
    own = Condition("customer_id", "=", r.row["customer_id"])
    return Lineage("score", "value", (own,), "SELECT any_value(score) FROM behind")


def _cumulative(r: _Row) -> Lineage:
    return r.scores("cumulative", "sum(score)", Condition("position", "<=", r.row["position"]))


def _cumulative_share(r: _Row) -> Lineage:
    first = f"sum(score) FILTER (position <= {r.row['position']})"
    return r.scores("cumulative_share", f"CAST({first} AS DOUBLE) / CAST(sum(score) AS DOUBLE)")


_COVERAGE = "(sum(abs(amount)) FILTER (cost IS NOT NULL))::DOUBLE / nullif(sum(abs(amount)), 0)::DOUBLE"
_RFM_FIGURES: dict[str, Callable[[_Row], Lineage]] = {
    "last_purchase_on": lambda r: r.lines("last_purchase_on", "max(ordered_on)", BOUGHT),
    "recency_days": _days_since_last("recency_days"),
    "frequency": lambda r: r.lines("frequency", "count(DISTINCT order_id)", BOUGHT),
    "monetary": lambda r: r.lines("monetary", "sum(amount)"),
    "recency_score": _recency_score,
    "frequency_score": _frequency_score,
    "monetary_score": _monetary_score,
    "score": _rfm_total,
}
_FIGURES: dict[tuple[str, str], Callable[[_Row], Lineage]] = {
    ("value", "lines"): lambda r: r.lines("lines", "count(*)"),
    ("value", "revenue"): lambda r: r.lines("revenue", _amount("amount"), BOUGHT),
    ("value", "returns"): lambda r: r.lines("returns", _amount("amount"), RETURNED),
    ("value", "net_revenue"): _net_revenue,
    ("value", "cost"): _cost,
    ("value", "uncosted_amount"): _uncosted,
    ("value", "estimated_cost"): _estimated_cost,
    ("value", "cost_coverage"): lambda r: r.lines("cost_coverage", f"coalesce({_COVERAGE}, 0)"),
    ("value", "margin"): _margin,
    ("value", "cost_to_serve"): _cost_to_serve,
    ("value", "profit_contribution"): _profit_contribution,
    ("value", "score"): _value,
    **{(model, name): made for model in ("rfm_independent", "rfm_nested") for name, made in _RFM_FIGURES.items()},
    ("dormancy", "purchase_days"): lambda r: r.lines("purchase_days", "count(DISTINCT ordered_on)", BOUGHT),
    ("dormancy", "last_purchase_on"): _RFM_FIGURES["last_purchase_on"],
    ("dormancy", "days_silent"): _days_silent,
    ("dormancy", "usual_gap"): _usual_gap,
    ("dormancy", "high_gap"): _gap("high_gap", lambda settings: settings.dormancy.high_quantile),
    ("dormancy", "score"): _ratio,
    ("pyramid", "score"): _value_of_customer,
    ("whale", "score"): _value_of_customer,
    ("whale", "cumulative"): _cumulative,
    ("whale", "cumulative_share"): _cumulative_share,
    ("", "rank"): _rank,
    ("", "position"): _position,
    ("", "percentile"): _percentile,
}
