"""Fills an installation with data set L at one scale, once: customers, contact points, products, orders, users."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Any

import polars as pl

from benchmarks import dataset


def fill(customers: int) -> str:
    """Load the data set and score it unless it is there; returns a session key of a user with the rights of a sales
    manager, who sees and here may edit all customers."""
    from django.db import connection, transaction

    from guanxi.customers.customer.models import Customer
    from guanxi.identity.role.services import install_default_roles
    from guanxi.insights.scoring.services import run_scores

    if not Customer._default_manager.exists():
        install_default_roles()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            _Filler(customers).fill()
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        run_scores()
    return session_key()


def session_key() -> str:
    """Sign the benchmark's user in and return the session's key."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from guanxi.core.actor import SYSTEM
    from guanxi.identity.models import Role, User
    from guanxi.identity.role.rules import DEFAULT_ROLES
    from guanxi.identity.user.services import add_user

    permissions = next(role.permissions for role in DEFAULT_ROLES if role.key == "sales-manager")
    everything = {**permissions["customer"], "edit": "all", "export": "all"}
    Role._default_manager.update_or_create(
        key="bench", defaults={"name": "Bench", "permissions": {**permissions, "customer": everything}}
    )
    email = "bench@staff.example"
    user = User._default_manager.filter(email=email).first() or add_user(
        actor=SYSTEM,
        email=email,
        name="Bench",
        password="only for measuring 1",
        role_keys=["bench"],
    )
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


class _Filler:
    def __init__(self, customers: int) -> None:
        self.count, self.now = customers, datetime.now(UTC).replace(tzinfo=None)

    def put(self, table: str, rows: pl.DataFrame, **more: Any) -> None:
        from guanxi.records.copying import copy_frame

        stamps = {"created_at": pl.lit(self.now), "updated_at": pl.lit(self.now), "version": pl.lit(1)}
        copy_frame(table, rows.with_columns(**{**stamps, **more}))

    def fill(self) -> None:
        from guanxi.identity.models import User
        from guanxi.records.copying import reserve_ids

        users = dataset.users()
        User._default_manager.bulk_create(
            User(email=row["email"], name=row["name"], password="!") for row in users.iter_rows(named=True)
        )
        by_email = dict(User._default_manager.values_list("email", "pk"))
        owners = {row["username"]: by_email[row["email"]] for row in users.iter_rows(named=True)}
        first = int(reserve_ids("customers_customer", self.count)[0])
        self.products()
        self.customers(first, owners)
        self.points(first)
        self.orders(first)

    def products(self) -> None:
        from guanxi.records.copying import reserve_ids

        frame = dataset.products()
        ids = reserve_ids("catalog_product", frame.height)
        self.skus = pl.DataFrame({"sku": frame["sku"], "product_id": ids})
        empty = {name: pl.lit("") for name in ("brand", "description")}
        rows = frame.select("sku", "unit", "list_price", "unit_cost", "currency", name="name_en", native_name="name_zh")
        self.put("catalog_product", rows.with_columns(
            id=ids, kind=pl.lit("goods"), lifecycle=pl.lit("active"), search_name=pl.col("name").str.to_lowercase(),
            sort_key=pl.col("name").str.to_lowercase(), **empty,
        ))  # fmt: skip

    def customers(self, first: int, owners: dict[str, int]) -> None:
        from guanxi.packs.grocery.tables import customer_keys, mapped, with_keys

        empty = {name: pl.lit("") for name in ("gender", "occupation", "industry", "preferred_channel", "income_band",
                                               "age_band", "description")}  # fmt: skip
        at = first
        for frame in dataset.customers(self.count):
            rows = frame.select(
                id=pl.int_range(at, at + frame.height, eager=True), kind=pl.col("kind"), name=pl.col("name"),
                latin_name=pl.col("name_latin").fill_null(""), roles=pl.lit("{end_customer}"), status=pl.col("status"),
                city=pl.col("city"), country=pl.col("country"), customer_since=pl.col("created_on"),
                preferred_language=pl.col("language"), currency=pl.lit("CNY"), acquired_through=pl.col("source"),
                owner_id=mapped("owner", owners, None, pl.Int64), tags=pl.lit("{}"), **empty,
            )  # fmt: skip
            self.put("customers_customer", with_keys(rows, customer_keys, "name", "latin_name"))
            at += frame.height
            print(f"customers {at - first:,}", file=sys.stderr)

    def points(self, first: int) -> None:
        empty = {name: pl.lit("") for name in ("country", "region", "city", "district", "street", "postal_code")}
        number = pl.col("customer_id").str.slice(1).cast(pl.Int64) - 1 + first
        digits = pl.col("value").str.replace_all(r"\D", "").str.reverse().str.slice(0, 24)
        is_phone = pl.col("kind") != "email"
        for frame in dataset.contact_points(self.count):
            self.put("customers_contactpoint", frame.select(
                customer_id=number, kind=pl.when(is_phone).then(pl.lit("phone")).otherwise(pl.lit("email")),
                value=pl.col("value"), normalized=pl.col("value").str.to_lowercase(), label=pl.lit("main"),
                digits_reversed=pl.when(is_phone).then(digits).otherwise(pl.lit("")), is_primary=pl.lit(value=True),
                bounce=pl.lit("none"), **empty,
            ))  # fmt: skip

    def orders(self, first: int) -> None:
        from guanxi.records.copying import copy_frame, reserve_ids

        number = pl.col("customer_id").str.slice(1).cast(pl.Int64) - 1 + first
        known: list[pl.DataFrame] = []
        for frame in dataset.orders(self.count):
            ids = reserve_ids("customers_order", frame.height)
            known.append(pl.DataFrame({"order_id": frame["order_id"], "our_order": ids}))
            self.put("customers_order", frame.select(
                number="order_id", customer_id=number, ordered_at="ordered_at", channel=pl.lit("store"),
                currency="currency", line_count="line_count", total="amount", total_cost="cost", id=ids,
            ).with_columns(
                status=pl.lit("completed"), place=pl.lit(""), is_return=pl.lit(value=False), discount=pl.lit(0)
            ))  # fmt: skip
        orders = pl.concat(known)
        for frame in dataset.order_lines(self.count):
            rows = frame.join(orders, on="order_id").join(self.skus, on="sku").select(
                order_id="our_order", product_id="product_id", quantity="quantity", unit_price="unit_price",
                line_key=pl.col("line_id").str.split("-").list.last().cast(pl.Int64), discount="discount",
                amount="amount", cost="cost",
            )  # fmt: skip
            copy_frame("customers_orderline", rows.with_columns(created_at=pl.lit(self.now)))
