"""The movements on the accounts that customers hold: points, gift cards and goods bought on account.

They follow from the purchases: a person earns a point for every whole dollar paid, gives points back with returned
goods and spends them along with coupons; an organization owes what it ordered and pays it in the month after. The
balance of an account is the sum of its movements.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

import polars as pl

from guanxi.packs.grocery.ledger import money

COUPON_POINTS = 50
"""Points that go with a coupon, where the account holds as many (generated)."""
SETTLED_ON = 15
"""Day of the month on which an organization pays what it ordered in the month before (generated)."""
_MORNING = time(2, 0, tzinfo=UTC)
_WORDS = {
    "earned": ("Purchase {}", "购物 {}"), "reversal": ("Returned goods {}", "退货 {}"),
    "redeemed": ("Coupon {}", "优惠券 {}"), "expired": ("Account closed", "账户注销"),
    "deposit": ("Gift card loaded", "礼品卡充值"), "purchase": ("Goods on account {}", "赊购 {}"),
    "payment": ("Settled {}", "结清 {}"),
}  # fmt: skip


class _Event(NamedTuple):
    """Something that may move an account by so many hundredths; ``what`` names its order, coupon or month."""

    at: datetime
    kind: str
    what: str
    hundredths: int
    takes_back: str = ""


def make_transactions(
    holdings: pl.DataFrame, orders: pl.DataFrame, redemptions: pl.DataFrame, chinese: set[str], end: datetime
) -> pl.DataFrame:
    """All movements, by holding and time (see ``DemoCompany.transactions``).

    ``orders`` and ``redemptions`` are the frames of the demo company; ``chinese`` are the customers whose movements
    are described in Chinese; nothing is later than ``end``.
    """
    points, charges = _point_events(orders, redemptions), _account_events(orders, end)
    rows: list[tuple[Any, ...]] = []
    for holding in holdings.sort("external_id").iter_rows(named=True):
        customer = holding["customer_id"]
        if holding["kind"] == "loyalty_account":
            moves = _points_of(sorted(points.get(customer, ())), holding["closed_on"])
        elif holding["kind"] == "credit_account":
            moves = iter(sorted(charges.get(customer, ())))
        elif holding["kind"] == "gift_card":
            moves = iter([_Event(_morning(holding["opened_on"]), "deposit", "", int(holding["balance"] * 100))])
        else:
            continue
        rows += _rows(holding, moves, customer in chinese)
    frame = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
    return frame.with_columns(money("amount_cents"), money("balance_after_cents")).select(COLUMNS)


_SCHEMA: dict[str, Any] = {
    "transaction_id": pl.String, "customer_id": pl.String, "holding_id": pl.String,
    "occurred_at": pl.Datetime("us", "UTC"), "kind": pl.String, "description": pl.String, "unit": pl.String,
    "amount_cents": pl.Int64, "balance_after_cents": pl.Int64, "takes_back": pl.String,
}  # fmt: skip
COLUMNS = tuple(name.removesuffix("_cents") for name in _SCHEMA)


def _rows(holding: dict[str, Any], moves: Iterator[_Event], is_chinese: bool) -> Iterator[tuple[Any, ...]]:
    """Yield the movements of one holding with the balance after each."""
    holding_id, customer, unit = (holding[name] for name in ("external_id", "customer_id", "balance_unit"))
    balance, ids = 0, dict[str, str]()
    for number, (at, kind, what, hundredths, takes_back) in enumerate(moves, start=1):
        key = f"{holding_id}-{number}"
        balance += hundredths
        ids[what] = key
        back = ids.get(takes_back) if takes_back else None
        words = _WORDS[kind][is_chinese].format(what)
        yield key, customer, holding_id, at, kind, words, unit, hundredths, balance, back


def _points_of(events: list[_Event], closed_on: date | None) -> Iterator[_Event]:
    """Yield what really moves a points account: it never falls below nothing, and closing it leaves nothing."""
    balance, closed = 0, None if closed_on is None else _morning(closed_on)
    for event in events:
        if closed is not None and event.at >= closed:
            break
        change = max(event.hundredths, -balance) if event.kind == "reversal" else event.hundredths
        if balance + change < 0 or not change:
            continue
        balance += change
        yield event if change == event.hundredths else event._replace(hundredths=change)
    if closed is not None and balance:
        yield _Event(closed, "expired", "", -balance)


def _point_events(orders: pl.DataFrame, redemptions: pl.DataFrame) -> dict[str, list[_Event]]:
    """Points earned with purchases, given back with returns and spent along with coupons, by customer."""
    events: dict[str, list[_Event]] = {}
    bought = orders.filter(pl.col("origin") != "corporate").select(
        "customer_id", "ordered_at", "order_id", "refund_of", hundredths=pl.col("amount").cast(pl.Int64) * 100
    )
    for customer, at, order, refund_of, hundredths in bought.filter(pl.col("hundredths") != 0).iter_rows():
        kind = "earned" if refund_of is None else "reversal"
        events.setdefault(customer, []).append(_Event(at, kind, order, hundredths, refund_of or ""))
    for customer, coupon, day in redemptions.select("customer_id", "coupon_id", "redeemed_on").iter_rows():
        events.setdefault(customer, []).append(_Event(_morning(day), "redeemed", coupon, -100 * COUPON_POINTS))
    return events


def _account_events(orders: pl.DataFrame, end: datetime) -> dict[str, list[_Event]]:
    """What organizations ordered, and the payment of each month's orders in the month after, by customer."""
    events: dict[str, list[_Event]] = {}
    owed: dict[tuple[str, date], int] = {}
    bought = orders.filter(pl.col("origin") == "corporate").select(
        "customer_id", "ordered_at", "order_id", cents=(pl.col("amount") * 100).cast(pl.Int64)
    )
    for customer, at, order, cents in bought.iter_rows():
        events.setdefault(customer, []).append(_Event(at, "purchase", order, -cents))
        month = at.date().replace(day=1)
        owed[customer, month] = owed.get((customer, month), 0) + cents
    for (customer, month), cents in owed.items():
        paid = _morning((month + timedelta(days=31)).replace(day=SETTLED_ON))
        if paid <= end:
            events[customer].append(_Event(paid, "payment", f"{month:%Y-%m}", cents))
    return events


def settled(holdings: pl.DataFrame, transactions: pl.DataFrame) -> pl.DataFrame:
    """The holdings with the balance that their movements add up to; without movements it stays what it was."""
    sums = transactions.group_by("holding_id").agg(pl.col("amount").sum().cast(pl.Decimal(12, 2)).alias("moved"))
    joined = holdings.join(sums, left_on="external_id", right_on="holding_id", how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce("moved", "balance").alias("balance")).drop("moved")


def _morning(day: date) -> datetime:
    return datetime.combine(day, _MORNING)
