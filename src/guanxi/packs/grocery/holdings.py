"""What customers hold (cards, loyalty accounts, gift cards), what other systems call them, and the stores."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import polars as pl

from guanxi.packs.grocery import draws
from guanxi.packs.grocery.contacts import Customer
from guanxi.packs.grocery.organizations import Organization
from guanxi.packs.grocery.people import Person
from guanxi.packs.grocery.places import CITIES
from guanxi.packs.grocery.staff import COMPANY

HOLDING_NAMES = {
    "membership_card": ("Evergreen card", "常青会员卡"),
    "loyalty_account": ("Evergreen points", "常青积分账户"),
    "gift_card": ("Gift card", "礼品卡"),
    "credit_account": ("Business account", "企业账期账户"),
}
_CHANNELS = ("store", "app", "website")


def card_number(number: int) -> str:
    """The membership card number of a person; unique, 11 characters."""
    return f"EG{610_000_000 + number * 37}"


def make_holdings(
    people: list[Person], organizations: list[Organization], relationships: pl.DataFrame, as_of: date
) -> pl.DataFrame:
    """Cards and accounts (see ``DemoCompany.holdings``).

    Points and what organizations owe have no balance yet: their movements tell it. The second member of a household
    uses the card in four of ten, and has bought the gift card of the first; an employee orders on an organization's
    account.
    """
    partners, employees = _others(relationships, "spouse_of"), _others(relationships, "employee_of")
    rows = []
    for person in people:
        number, opened = person.number, person.created_at.date()
        closed = as_of - timedelta(days=90) if draws.one("card closed", number) < 0.03 else None
        partner = partners.get(person.external_id)
        user = partner if draws.one("card shared", number) < 0.4 else None
        card = _holding(person, "membership_card", card_number(number), opened, closed)
        rows.append({**card, "used_by": user})
        rows.append(_holding(person, "loyalty_account", f"P{number:08d}", opened, closed))
        if draws.one("gift card", number) < 0.06:
            balance = Decimal(500 + draws.one_below("gift balance", number, 9500)) / 100
            gift = _holding(person, "gift_card", f"G{7_000_000 + number * 13}", opened, None)
            rows.append({**gift, "balance": balance, "bought_by": partner})
    for one in organizations:
        account = _holding(one, "credit_account", f"CR{one.number}", one.created_at.date(), None)
        rows.append({**account, "limit": Decimal(one.credit_limit), "used_by": employees.get(one.external_id)})
    money, day = pl.Decimal(12, 2), pl.Date()
    types: dict[str, pl.DataType] = {"opened_on": day, "closed_on": day, "balance": money, "limit": money}
    return pl.DataFrame(rows, schema={name: types.get(name, pl.String()) for name in rows[0]}).sort("external_id")


def _others(relationships: pl.DataFrame, kind: str) -> dict[str, str]:
    """The first who stands in a relationship that has not ended, by the customer to whom it leads."""
    found = relationships.filter((pl.col("kind") == kind) & pl.col("until").is_null())
    first = found.sort("from_customer_id").unique("to_customer_id", keep="first", maintain_order=True)
    return dict(first.select("to_customer_id", "from_customer_id").iter_rows())


def _holding(customer: Customer, kind: str, number: str, opened: date, closed: date | None) -> dict[str, object]:
    english, chinese = HOLDING_NAMES[kind]
    unit = {"loyalty_account": "points", "membership_card": None}.get(kind, "USD")
    return {
        "external_id": f"{customer.external_id}-{kind}",
        "customer_id": customer.external_id,
        "kind": kind,
        "name_en": english,
        "name_zh": chinese,
        "number": number,
        "opened_on": opened,
        "closed_on": closed,
        "status": "closed" if closed else "open",
        "balance": None,
        "limit": None,
        "balance_unit": unit,
        "used_by": None,
        "bought_by": None,
        "purchase_channel": _CHANNELS[draws.one_weighted(f"{kind} channel", customer.number, (6, 3, 1))],
    }


def make_identifiers(people: list[Person], organizations: list[Organization]) -> pl.DataFrame:
    """Card numbers and tax numbers (see ``DemoCompany.identifiers``); the tax numbers are made up."""
    rows = [(person.external_id, "loyalty_card", "membership", card_number(person.number)) for person in people]
    for one in organizations:
        value = f"91310000MA{one.number:07d}X" if one.name_zh else f"00-{one.number:07d}"
        rows.append((one.external_id, "tax_office", "tax", value))
    return pl.DataFrame(rows, schema=["customer_id", "source_system", "kind", "value"], orient="row").sort(
        "customer_id"
    )


def make_stores(store_ids: list[int]) -> pl.DataFrame:
    """The source's stores in made-up places of real cities (see ``DemoCompany.stores``)."""
    rows = []
    for store in sorted(store_ids):
        city = CITIES[draws.one_below("store city", store, len(CITIES))]
        name_zh = f"{COMPANY[1]}{city.name_zh.removesuffix('市')}{store}店"
        rows.append((str(store), f"{COMPANY[0]} {city.name_en} no. {store}", name_zh, city.name_en, city.territory))
    return pl.DataFrame(rows, schema=["store_id", "name_en", "name_zh", "city_en", "territory_code"], orient="row")
