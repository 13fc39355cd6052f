"""Per-customer features of purchase lines, as Ibis expressions: the row-heavy part, the same on every Ibis back end."""

import ibis.expr.types as ir


def purchase_profile(lines: ir.Table) -> ir.Table:
    """Per customer with at least one purchase: last_purchase_on, frequency (distinct orders), monetary (net).

    Returns do not make a purchase and do not refresh recency, but they lower the amount.
    """
    bought = ~lines.is_return
    profile = lines.group_by("customer_id").aggregate(
        last_purchase_on=lines.ordered_on.max(where=bought),
        frequency=lines.order_id.nunique(where=bought),
        monetary=lines.amount.sum(),
    )
    return profile.filter(profile.frequency > 0)


def line_sums(lines: ir.Table) -> ir.Table:
    """Per customer: counts and sums from which revenue, margin and the share of known costs follow."""
    costed = lines.cost.notnull()
    return lines.group_by("customer_id").aggregate(
        lines=lines.count(),
        revenue=lines.amount.sum(where=~lines.is_return).fill_null(0),
        returns=lines.amount.sum(where=lines.is_return).fill_null(0),
        cost=lines.cost.sum().fill_null(0),
        costed_amount=lines.amount.sum(where=costed).fill_null(0),
        uncosted_amount=lines.amount.sum(where=~costed).fill_null(0),
        costed_weight=lines.amount.abs().sum(where=costed).fill_null(0),
        weight=lines.amount.abs().sum(),
        uncosted_lines=(~costed).sum(),
    )


def serving_costs(costs: ir.Table) -> ir.Table:
    """Cost to serve per customer and kind; a cost without a kind is of kind ''."""
    named = costs.mutate(kind=costs.kind.fill_null(""))
    return named.group_by(["customer_id", "kind"]).aggregate(cost=named.cost.sum())


def purchase_days(lines: ir.Table) -> ir.Table:
    """The distinct local dates on which each customer bought something."""
    return lines.filter(~lines.is_return).select("customer_id", "ordered_on").distinct()
