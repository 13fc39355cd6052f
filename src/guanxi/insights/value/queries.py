"""Reading the value of the customers that an actor may see: sums, curve, tails, moves between tiers.

Everything starts from ``visible_figures``, so that each figure is exactly the sum of the list that it opens.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Substr

from guanxi.core.actor import Actor, Scope
from guanxi.core.errors import NotAllowed
from guanxi.customers.customer.record_type import CUSTOMER
from guanxi.customers.score.models import CustomerFigures, Score, ScoreRun
from guanxi.insights.scoring.rules import EARLIER_TIERS, instant_of, settings_of
from guanxi.insights.value.rules import ABSENT, REMEDIES, Remedy, top_count
from guanxi.records.access import require_may, scope_condition

ZERO = Decimal(0)


@dataclass(slots=True)
class Tally:
    """A number of customers and their sums, money in the company's currency."""

    customers: int = 0
    value: Decimal = ZERO

    def add(self, customers: int, value: Decimal | None) -> None:
        """Count some more customers in."""
        self.customers += customers
        self.value += value or ZERO


@dataclass(slots=True)
class Standing:
    """The sums of all customers that the actor may see.

    ``ranked`` are those with a value; ``tiers`` by tier, ``cells`` by the first two RFM digits, ``rhythms`` by rhythm,
    ``destroyed`` those below zero.
    """

    ranked: Tally = field(default_factory=Tally)
    revenue: Tally = field(default_factory=Tally)
    destroyed: Tally = field(default_factory=Tally)
    tiers: dict[str, Tally] = field(default_factory=dict)
    cells: dict[str, Tally] = field(default_factory=dict)
    rhythms: dict[str, Tally] = field(default_factory=dict)


def current_run() -> ScoreRun | None:
    """Return the run whose figures are in force, or None before the first one."""
    return ScoreRun.objects.filter(kind="first", is_current=True).first()


def require_value(actor: Actor) -> None:
    """Refuse unless the actor may see customers and their value (raises ``NotAllowed``)."""
    require_may(actor, "view", CUSTOMER)
    if not actor.sees_field("customer", "value"):
        raise NotAllowed


def sees_everyone(actor: Actor) -> bool:
    """Say whether the actor sees the figures of all customers."""
    return actor.scope("view", "customer") is Scope.ALL


def visible_figures(actor: Actor) -> QuerySet[CustomerFigures, CustomerFigures]:
    """Return the figures of the living customers that the actor may see."""
    return CustomerFigures.objects.filter(
        scope_condition(actor, CUSTOMER, through="customer"), customer__deleted_at=None
    )


def standing(actor: Actor) -> Standing:
    """Return the sums over the visible customers; one query."""
    groups = (
        visible_figures(actor)
        .values("tier", "rhythm", cell=Substr("rfm", 1, 2))
        .annotate(
            people=Count("pk"), ranked=Count("value"), worth=Sum("value"), sold=Count("revenue"),
            turnover=Sum("revenue"), losing=Count("pk", filter=Q(value__lt=0)),
            lost=Sum("value", filter=Q(value__lt=0)),
        )
    )  # fmt: skip
    found = Standing()
    for group in groups:
        places = ((found.tiers, group["tier"]), (found.rhythms, group["rhythm"]), (found.cells, group["cell"]))
        found.ranked.add(group["ranked"], group["worth"])
        found.revenue.add(group["sold"], group["turnover"])
        found.destroyed.add(group["losing"], group["lost"])
        for tallies, key in places:
            if key:
                tallies.setdefault(key, Tally()).add(group["people"], group["worth"])
    return found


def top_rank(actor: Actor, ranked: int) -> int:
    """Return the value rank down to which the best fifth of the visible customers reaches; 0 when there is nobody."""
    wanted = top_count(ranked)
    ranked_figures = visible_figures(actor).filter(value__isnull=False)
    ranks = ranked_figures.order_by("value_rank").values_list("value_rank", flat=True)
    return ranks[wanted - 1 : wanted].first() or 0 if wanted else 0


def down_to(actor: Actor, rank: int) -> Tally:
    """Return number and value of the visible customers down to a value rank."""
    sums = visible_figures(actor).filter(value_rank__lte=rank).aggregate(people=Count("pk"), worth=Sum("value"))
    return Tally(sums["people"], sums["worth"] or ZERO)


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """A point of the whale curve: so many of the best customers together have this value."""

    position: int
    customers: float
    value: Decimal
    share: float


_CURVE = """
WITH ranked AS ({visible}),
running AS (SELECT row_number() OVER line AS n, sum(value) OVER line AS running, value,
                   count(*) OVER () AS everyone, sum(value) OVER () AS total
            FROM ranked WINDOW line AS (ORDER BY value_rank ROWS UNBOUNDED PRECEDING))
SELECT n, everyone, running, total FROM running
WHERE n %% greatest(1, everyone / %s) = 0 OR n IN (1, everyone) OR n = (SELECT count(*) FROM ranked WHERE value > 0)
   OR n = ceil(everyone / 5.0)
ORDER BY n
"""


def curve(actor: Actor, points: int = 200) -> list[CurvePoint]:
    """Return about ``points`` points of the whale curve of the visible customers, with the peak and the best fifth.

    Empty when the total is not positive, since there is nothing to have a share of.
    """
    visible = visible_figures(actor).filter(value__isnull=False).values("value", "value_rank")
    sql, parameters = visible.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_CURVE.format(visible=sql), [*parameters, points])
        rows = cursor.fetchall()
    if not rows or rows[0][3] <= 0:
        return []
    return [CurvePoint(n, n / everyone, running, float(running / total)) for n, everyone, running, total in rows]


def kept_curve(run: ScoreRun) -> list[CurvePoint]:
    """Return the whale curve of all customers as the run kept it; empty when the total is not positive."""
    whale = run.results["whale"]
    if whale["peak_share"] is None:
        return []
    points = {
        row["position"]: CurvePoint(
            row["position"], row["share_of_customers"], Decimal(row["cumulative"]), row["cumulative_share"]
        )
        for row in run.results["curve"]
    }
    top = whale["top_customers"]
    points[top] = CurvePoint(top, top / whale["customers"], Decimal(whale["top_value"]), whale["top_share"])
    return [points[position] for position in sorted(points)]


@dataclass(frozen=True, slots=True)
class Cause:
    """A part of a loss: ``code`` of the reason, ``kind`` of the cost to serve; ``amount`` is negative for a cost."""

    code: str
    kind: str
    customers: int
    amount: Decimal


_CAUSES = """
SELECT reason->>'code', coalesce(reason->'params'->>'kind', ''), count(DISTINCT s.customer_id),
       sum((reason->>'value')::numeric)
FROM ({losing}) losing
JOIN customers_score s ON s.customer_id = losing.customer_id AND s.run_id = %s AND s.model = 'value',
     jsonb_array_elements(s.reasons) reason
WHERE (reason->>'adds')::boolean AND (reason->>'value')::numeric <> 0
GROUP BY 1, 2 ORDER BY 4, 1, 2
"""


def causes(actor: Actor, run: ScoreRun) -> list[Cause]:
    """Return what the value of the losing visible customers is made of, the most expensive first.

    Together the amounts are what those customers destroy. Costs are left out for actors who may not see them.
    """
    losing = visible_figures(actor).filter(value__lt=0).values("customer_id")
    sql, parameters = losing.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_CAUSES.format(losing=sql), [*parameters, run.pk])
        rows = [Cause(*row) for row in cursor.fetchall()]
    hidden = hidden_causes(actor)
    return [row for row in rows if row.code not in hidden]


def hidden_causes(actor: Actor) -> frozenset[str]:
    """Return the codes of reasons that would give away a figure hidden from the actor."""
    hidden: set[str] = set()
    if not actor.sees_field("customer", "margin"):
        hidden |= {"cost", "estimated_cost"}
    if not actor.sees_field("customer", "cost_to_serve"):
        hidden |= {"cost_to_serve"}
    if hidden or not actor.sees_field("customer", "profit"):
        hidden |= {"cost", "estimated_cost", "cost_to_serve"}
    return frozenset(hidden)


_DISCOUNTS = """
SELECT coalesce(sum(o.discount), 0)
FROM ({losing}) losing JOIN customers_order o ON o.customer_id = losing.customer_id AND o.currency = losing.currency
WHERE o.deleted_at IS NULL AND o.status <> 'cancelled' AND NOT o.is_return
  AND o.ordered_at >= %s AND o.ordered_at < %s
"""


def discounts(actor: Actor, run: ScoreRun) -> Decimal:
    """Return the discounts given to the losing visible customers in the window of value, in the base currency only."""
    window = settings_of(run).value_window(instant_of(run))
    losing = visible_figures(actor).filter(value__lt=0).values("customer_id", "currency")
    sql, parameters = losing.query.sql_with_params()
    start = window.start or datetime.min.replace(tzinfo=UTC)
    with connection.cursor() as cursor:
        cursor.execute(_DISCOUNTS.format(losing=sql), [*parameters, start, window.end])
        row = cursor.fetchone()
    return Decimal(row[0]) if row else ZERO


_CAUSE_ROWS = """
SELECT s.customer_id, sum((reason->>'value')::numeric)
FROM ({losing}) losing
JOIN customers_score s ON s.customer_id = losing.customer_id AND s.run_id = %s AND s.model = 'value',
     jsonb_array_elements(s.reasons) reason
WHERE (reason->>'adds')::boolean AND reason->>'code' = %s AND coalesce(reason->'params'->>'kind', '') = %s
  AND (reason->>'value')::numeric <> 0
GROUP BY 1 ORDER BY 2, 1
"""


def losing_by_cause(actor: Actor, run: ScoreRun, code: str, kind: str) -> list[tuple[int, Decimal]]:
    """Return the losing visible customers that a cause touches, as (customer id, amount), the most expensive first.

    Raises ``NotAllowed`` for a cause that would give away a hidden figure.
    """
    if code in hidden_causes(actor):
        raise NotAllowed
    sql, parameters = visible_figures(actor).filter(value__lt=0).values("customer_id").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_CAUSE_ROWS.format(losing=sql), [*parameters, run.pk, code, kind])
        return list(cursor.fetchall())


def losing_by_remedy(actor: Actor, code: Remedy) -> QuerySet[CustomerFigures, CustomerFigures]:
    """Return the losing visible customers for whom a remedy comes first, the largest loss first; see ``rules.remedy``.

    Raises ``NotAllowed`` for actors who may not see margin and cost to serve.
    """
    if not (actor.sees_field("customer", "margin") and actor.sees_field("customer", "cost_to_serve")):
        raise NotAllowed
    enough = Q(margin__gte=F("cost_to_serve") / 2)
    chosen = {"reprice": Q(margin__lt=0), "migrate": Q(margin__gte=0) & enough, "exit": Q(margin__gte=0) & ~enough}
    return visible_figures(actor).filter(chosen[code], value__lt=0).order_by("value", "customer_id")


def remedies(actor: Actor) -> dict[Remedy, Tally]:
    """Return how many losing visible customers each remedy comes first for; empty for actors who may not see costs."""
    try:
        parts = {code: losing_by_remedy(actor, code).aggregate(n=Count("pk"), v=Sum("value")) for code in REMEDIES}
    except NotAllowed:
        return {}
    return {code: Tally(part["n"], part["v"] or ZERO) for code, part in parts.items()}


@dataclass(frozen=True, slots=True)
class Move:
    """How many customers went from one tier to another since the earlier day; ``value`` is their value now."""

    before: str
    after: str
    customers: int
    value: Decimal


_MOVES = """
SELECT coalesce(b.label, 'absent'), coalesce(nullif(f.tier, ''), 'absent'), count(*), coalesce(sum(f.value), 0)
FROM ({visible}) f LEFT JOIN customers_score b ON b.customer_id = f.customer_id AND b.run_id = %s AND b.model = %s
WHERE b.label IS NOT NULL OR f.tier <> ''
GROUP BY 1, 2
"""


def moves(actor: Actor, run: ScoreRun) -> list[Move]:
    """Return how the visible customers moved between tiers; nobody is counted who is absent on both sides."""
    sql, parameters = visible_figures(actor).values("customer_id", "tier", "value").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_MOVES.format(visible=sql), [*parameters, run.pk, EARLIER_TIERS])
        return [Move(*row) for row in cursor.fetchall()]


def kept_moves(run: ScoreRun) -> list[Move]:
    """Return how all customers moved between tiers as the run kept it."""
    return [
        Move(row["from_tier"], row["to_tier"], row["customers"], Decimal(row["value_after"]))
        for row in run.results.get("migration", ())
    ]


def is_whole(actor: Actor, run: ScoreRun, ranked: Tally) -> bool:
    """Say whether the visible customers are exactly those of the run, so that its own sums may be shown.

    A million customers need not be sorted for every look at the dashboard then.
    """
    return sees_everyone(actor) and ranked.customers == run.results.get("whale", {}).get("customers")


def moved(actor: Actor, run: ScoreRun, before: str, after: str) -> QuerySet[CustomerFigures, CustomerFigures]:
    """Return the figures of the visible customers that went from one tier to another, largest value first."""
    earlier = Score.objects.filter(run=run, model=EARLIER_TIERS, customer=OuterRef("customer"))
    figures = visible_figures(actor).filter(tier="" if after == ABSENT else after)
    there = Exists(earlier) if before == ABSENT else Exists(earlier.filter(label=before))
    chosen = figures.filter(~there if before == ABSENT else there)
    return chosen.order_by(F("value").desc(nulls_last=True), "customer_id")


def silent(actor: Actor, limit: int) -> list[CustomerFigures]:
    """Return the visible customers of most value that are silent beyond their own rhythm, with their customer."""
    figures = visible_figures(actor).filter(rhythm__in=("dormant", "slowing"), value__gt=0).select_related("customer")
    return list(figures.order_by("-value", "customer_id")[:limit])
