"""Rows about customers and about daily work, for the loader of the demo company."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time

import polars as pl

from guanxi.customers.customer.rules import search_keys
from guanxi.customers.identifier.rules import identifier_keys
from guanxi.customers.tag.models import Tag
from guanxi.packs.grocery.company import DemoCompany
from guanxi.packs.grocery.tables import (
    HOLDING_KINDS,
    INTERACTION_CHANNELS,
    SPOKEN,
    contact_rows,
    ids,
    mapped,
    said,
    spoken,
    with_keys,
)

_COLORS = ("blue", "violet", "teal", "orange", "pink", "green", "yellow", "indigo", "red", "gray")
_RELATIONS = {
    "employee_of": "employee_of", "household_member": "household_member_of", "spouse_of": "spouse_of",
    "referred_by": "referred_by",
}  # fmt: skip
_CONSENT_CHANNELS = ("email", "sms", "phone", "post", "wechat")
MARKED = {
    "customers_contactpoint": ("contact_point", "kind", "value", "label", "is_primary"),
    "customers_identifier": ("identifier", "kind", "value", "issuer"),
    "customers_relationship": ("relationship", "kind", "role", "strength", "since", "until"),
    "customers_holding": ("holding", "kind", "number", "status", "opened_on", "balance"),
}
"""Tables whose rows say where they came from: record type and the facts that their history begins with."""


def load_tags(frame: pl.DataFrame) -> dict[str, int]:
    """Create the tags and return our ids by their codes."""
    made = {}
    for number, (code, english, chinese) in enumerate(frame.select("code", "name_en", "name_zh").rows()):
        color = _COLORS[number % len(_COLORS)]
        made[code] = Tag._default_manager.create(name=f"{english} {chinese}", color=color).pk
    return made


def about_customers(
    demo: DemoCompany, own: dict[str, int], holdings: dict[str, int], now: datetime
) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield the tables that hang on customers, with their rows."""
    yield "customers_contactpoint", contact_rows(demo.contact_points, own)
    yield "customers_identifier", _identifiers(demo.identifiers, own)
    yield "customers_relationship", _relationships(demo.relationships, own)
    yield "customers_holding", _holdings(demo.holdings, own, holdings)
    yield "customers_consent", _consents(demo.customers, own, now)
    yield "customers_costtoserve", demo.costs_to_serve.select(
        customer_id=ids("customer_id", own), kind=pl.col("kind"), detail=spoken("detail"),
        occurrences=pl.col("occurrences"), unit_cost=pl.col("unit_cost"), currency=pl.lit("USD"),
        amount=pl.col("amount"),
    )  # fmt: skip


def _identifiers(frame: pl.DataFrame, own: dict[str, int]) -> pl.DataFrame:
    rows = frame.select(
        customer_id=ids("customer_id", own), kind=pl.col("kind"), value=pl.col("value"),
        issuer=spoken("source_system"),
    )  # fmt: skip
    return with_keys(rows, identifier_keys, "kind", "value")


def _relationships(frame: pl.DataFrame, own: dict[str, int]) -> pl.DataFrame:
    return frame.select(
        customer_id=ids("from_customer_id", own), kind=mapped("kind", _RELATIONS),
        other_id=ids("to_customer_id", own), role=pl.col("role").fill_null(""), strength=pl.col("strength"),
        since=pl.col("since"), until=pl.col("until"),
    ).unique(["customer_id", "kind", "other_id"], keep="first", maintain_order=True)  # fmt: skip


def _holdings(frame: pl.DataFrame, own: dict[str, int], holdings: dict[str, int]) -> pl.DataFrame:
    points = pl.col("balance_unit") == "points"
    return frame.select(
        id=ids("external_id", holdings), customer_id=ids("customer_id", own), used_by_id=ids("used_by", own),
        bought_by_id=ids("bought_by", own), kind=mapped("kind", HOLDING_KINDS), number=pl.col("number"),
        status=pl.when(pl.col("status") == "open").then(pl.lit("active")).otherwise(pl.lit("closed")),
        opened_on=pl.col("opened_on"), closed_on=pl.col("closed_on"),
        purchase_channel=spoken("purchase_channel"),
        currency=pl.when(points).then(pl.lit("PTS")).otherwise(pl.lit("USD")), balance=pl.col("balance"),
        limit=pl.col("limit"),
    )  # fmt: skip


def _consents(frame: pl.DataFrame, own: dict[str, int], now: datetime) -> pl.DataFrame:
    parts = [
        frame.select(
            customer_id=ids("external_id", own), purpose=pl.lit("offers"), channel=pl.lit(channel),
            is_given=pl.col(f"consent_{channel}").fill_null(value=False), recorded_at=pl.col("created_at"),
            evidence=pl.lit("registration form"),
        )
        for channel in _CONSENT_CHANNELS
    ]  # fmt: skip
    return pl.concat(parts)


def daily_work(
    demo: DemoCompany, own: dict[str, int], users: dict[str, int], evening: time
) -> Iterator[tuple[str, pl.DataFrame, pl.Expr | None]]:
    """Yield interactions, notes and tasks with the time of their creation."""
    sentiment = pl.when(pl.col("sentiment") < 0).then(pl.lit("negative")).when(pl.col("sentiment") > 0)
    yield "customers_interaction", demo.interactions.select(
        customer_id=ids("customer_id", own), channel=mapped("channel", INTERACTION_CHANNELS, "phone"),
        direction=pl.when(pl.col("direction") == "inbound").then(pl.lit("in")).otherwise(pl.lit("out")),
        occurred_at=pl.col("started_at"), minutes=(pl.col("duration_seconds") / 60).ceil().cast(pl.Int32),
        staff_id=ids("staff", users), subject=pl.col("subject"), body=pl.col("body"),
        outcome=said("outcome"),
        sentiment=sentiment.then(pl.lit("positive")).otherwise(pl.lit("neutral")), linked_type=pl.lit(""),
    ), pl.col("occurred_at")  # fmt: skip
    yield "work_note", demo.notes.select(
        customer_id=ids("customer_id", own), body=pl.col("body"), author_id=ids("author", users), is_pinned=False,
        created_at=pl.col("written_at"),
    ), pl.col("created_at")  # fmt: skip
    due = pl.col("due_on").dt.combine(evening.replace(tzinfo=None)).dt.replace_time_zone("Asia/Shanghai")
    done = pl.col("done_on").dt.combine(evening.replace(tzinfo=None)).dt.replace_time_zone("Asia/Shanghai")
    yield "work_task", demo.tasks.select(
        customer_id=ids("customer_id", own), subject=pl.col("title"), status=pl.col("status"),
        priority=pl.col("priority"), owner_id=ids("assignee", users), due_at=due.dt.convert_time_zone("UTC"),
        done_at=done.dt.convert_time_zone("UTC"), description=pl.lit(""),
    ), None  # fmt: skip


def other_system_rows(frame: pl.DataFrame, own: dict[str, int], key: str) -> pl.DataFrame:
    """Return customers as another system spells them."""
    empty = (
        "latin_name", "gender", "occupation", "industry", "country", "preferred_channel", "preferred_language",
        "income_band", "age_band", "description",
    )  # fmt: skip
    rows = frame.select(
        id=ids("source_id", own), kind=pl.lit("person"), name=pl.col("name"), roles=pl.lit(["end_customer"]),
        status=pl.lit("active"), city=pl.col("city").fill_null(""), currency=pl.lit("USD"),
        customer_since=pl.col("registered_on").str.extract(r"(\d{4})\D(\d{1,2})\D(\d{1,2})", 0).str.replace_all(r"\D",
        "-")
        .str.to_date("%Y-%m-%d", strict=False),
        acquired_through=pl.lit(SPOKEN[key]), tags=pl.lit("{}"), **{name: pl.lit("") for name in empty},
    )  # fmt: skip
    return with_keys(rows, search_keys, "name", "latin_name")


def other_system_contacts(frame: pl.DataFrame, own: dict[str, int]) -> pl.DataFrame:
    """Return the contact points of another system's customers, as it spells them."""
    digits = pl.col("value").str.replace_all(r"\D", "")
    parts = []
    for column, kind in (("mobile", "phone"), ("email", "email"), ("address", "address")):
        normal = digits if kind == "phone" else pl.col("value").str.to_lowercase().str.strip_chars()
        part = frame.select("source_id", value=pl.col(column)).filter(pl.col("value").fill_null("") != "")
        parts.append(
            part.select(
                customer_id=ids("source_id", own), kind=pl.lit(kind), value=pl.col("value"), normalized=normal,
                digits_reversed=digits.str.reverse().str.slice(0, 24) if kind == "phone" else pl.lit(""),
            )
        )  # fmt: skip
    texts = ("country", "region", "city", "district", "street", "postal_code")
    return pl.concat(parts).with_columns(
        label=pl.lit("main"), is_primary=True, bounce=pl.lit("none"), **{name: pl.lit("") for name in texts}
    )
