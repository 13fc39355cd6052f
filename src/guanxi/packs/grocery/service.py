"""What customers cost to serve, and the touches (interactions) that are part of it. All of it is generated."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import polars as pl

from guanxi.packs.grocery import draws
from guanxi.packs.grocery.contacts import Customer
from guanxi.packs.grocery.ledger import money
from guanxi.packs.grocery.purchases import effort_of
from guanxi.packs.grocery.service_words import OUTCOMES, TOPICS
from guanxi.packs.grocery.staff import AGENT_OF, user_name

HANDLING_CENTS = {
    "store": 55, "online_pickup": 320, "online_delivery": 690, "app_delivery": 640, "account_delivery": 1450,
}  # fmt: skip
"""Handling of one order by channel, in US cents (generated)."""
RETURN_CENTS, COUPON_CENTS, MAILING_CENTS, ACCOUNT_CENTS = 450, 35, 48, 600
"""One return; one redeemed coupon; one campaign mailing; keeping one account for a year (generated)."""
CONTACT_CENTS = {"call": 750, "chat": 340, "email": 260, "visit": 1800, "store": 400}
"""One service contact by channel (generated)."""
CONTACTS_UP_TO = (2, 5, 20)
"""Contacts a year are evenly spread from 0 (demanding customers: from 6) up to one below this, by effort."""


def make_interactions(customers: list[Customer], start: datetime, end: datetime) -> pl.DataFrame:
    """Calls, visits, chats and mails between customers and staff (see ``DemoCompany.interactions``)."""
    numbers = np.asarray([customer.number for customer in customers])
    effort = effort_of(numbers)
    low = np.where(effort == 2, 6, 0)
    counts = low + (draws.uniform("contacts", numbers) * (np.asarray(CONTACTS_UP_TO)[effort] - low)).astype(np.int64)
    rows = []
    for customer, count in zip(customers, counts.tolist(), strict=True):
        rows += [_interaction(customer, serial, start, end) for serial in range(count)]
    types: dict[str, pl.DataType] = {
        "started_at": pl.Datetime("us", "UTC"),
        "duration_seconds": pl.Int32(),
        "sentiment": pl.Int8(),
    }
    frame = pl.DataFrame(rows, schema={name: types.get(name, pl.String()) for name in rows[0]})
    return frame.sort("started_at", "external_id")


def _interaction(customer: Customer, serial: int, start: datetime, end: datetime) -> dict[str, object]:
    key = customer.number * 1000 + serial
    organization = customer.external_id.startswith("B")
    weights = (4, 1, 2, 6, 0) if organization else (5, 4, 2, 0.4, 2)
    channel = tuple(CONTACT_CENTS)[draws.one_weighted("contact channel", key, weights)]
    topics = [topic for topic in TOPICS if topic.for_organizations == organization]
    topic = topics[draws.one_weighted("topic", key, tuple(topic.weight for topic in topics))]
    chinese = customer.city.country == "CN"
    outcome = OUTCOMES[draws.one_weighted("outcome", key, tuple(weight for *_, weight in OUTCOMES))]
    seconds = (end - start).total_seconds() * float(draws.one("contact time", key))
    agent = user_name(AGENT_OF[customer.city.country])
    return {
        "external_id": f"I{key:09d}",
        "customer_id": customer.external_id,
        "channel": channel,
        "direction": "outbound" if draws.one("direction", key) < topic.outbound else "inbound",
        "started_at": start + timedelta(seconds=int(seconds)),
        "duration_seconds": 60 + draws.one_below("duration", key, 3600 if channel == "visit" else 840),
        "staff": customer.owner if channel == "visit" or organization else agent,
        "outcome": outcome[0],
        "sentiment": topic.sentiment,
        "topic": topic.code,
        "subject": topic.subject_zh if chinese else topic.subject_en,
        "body": topic.body_zh + outcome[2] if chinese else f"{topic.body_en} {outcome[1]}",
        "language": "zh-hans" if chinese else "en",
    }


def make_costs_to_serve(
    orders: pl.DataFrame, interactions: pl.DataFrame, redemptions: pl.DataFrame, members: pl.DataFrame
) -> pl.DataFrame:
    """Cost to serve per customer, kind and channel (see ``DemoCompany.costs_to_serve``).

    ``redemptions`` and ``members``: the source's coupon redemptions and campaign members, with ``customer_id``.
    """
    bought = orders.filter(pl.col("origin") != "return")
    parts = [
        _costs(bought, "handling", "channel", HANDLING_CENTS),
        _costs(orders.filter(pl.col("origin") == "return"), "return", None, {"": RETURN_CENTS}),
        _costs(redemptions, "coupon", None, {"": COUPON_CENTS}),
        _costs(members, "mailing", None, {"": MAILING_CENTS}),
        _costs(interactions, "contact", "channel", CONTACT_CENTS),
        _costs(bought.select("customer_id").unique(), "account", None, {"": ACCOUNT_CENTS}),
    ]
    return (
        pl.concat(parts)
        .sort("customer_id", "kind", "detail")
        .select(
            "customer_id",
            "kind",
            "detail",
            "occurrences",
            money("unit_cents").alias("unit_cost"),
            money("amount_cents"),
        )
    )


def _costs(events: pl.DataFrame, kind: str, detail: str | None, cents: dict[str, int]) -> pl.DataFrame:
    split = pl.col(detail) if detail else pl.lit("")
    counted = events.group_by("customer_id", split.alias("detail")).agg(pl.len().cast(pl.Int32).alias("occurrences"))
    unit = pl.col("detail").replace_strict(cents, return_dtype=pl.Int32)
    return counted.select(
        "customer_id",
        pl.lit(kind).alias("kind"),
        "detail",
        "occurrences",
        unit.alias("unit_cents"),
        (unit * pl.col("occurrences")).alias("amount_cents"),
    )


def value_by_customer(orders: pl.DataFrame, costs: pl.DataFrame) -> pl.DataFrame:
    """Value of each customer with orders: revenue net of returns - cost of goods - cost to serve, lowest first.

    Columns: customer_id, revenue, cost, cost_to_serve, value (all ``Decimal``, US dollars, over the whole year).
    """
    bought = orders.group_by("customer_id").agg(pl.col("amount").sum().alias("revenue"), pl.col("cost").sum())
    served = costs.group_by("customer_id").agg(pl.col("amount").sum().alias("cost_to_serve"))
    joined = bought.join(served, on="customer_id", how="left").with_columns(
        pl.col("cost_to_serve").fill_null(pl.lit(0).cast(pl.Decimal(12, 2)))
    )
    value = pl.col("revenue") - pl.col("cost") - pl.col("cost_to_serve")
    return joined.with_columns(value.alias("value")).sort("value", "customer_id")
