"""Loads the demo company into an empty installation: all or nothing, then computes its scores."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from guanxi.catalog.product.models import Product
from guanxi.core.actor import SYSTEM
from guanxi.core.errors import DomainError
from guanxi.customers.customer.models import Customer
from guanxi.customers.segment.services import refresh_segment
from guanxi.identity.actors import actor_of
from guanxi.identity.company.models import Company
from guanxi.identity.role.services import install_default_roles
from guanxi.identity.team.models import Team
from guanxi.identity.territory.models import Territory
from guanxi.identity.user.models import User
from guanxi.identity.user.services import add_user
from guanxi.insights.scoring.services import run_scores
from guanxi.packs.grocery import people_rows, tables
from guanxi.packs.grocery.company import DemoCompany
from guanxi.packs.grocery.generate import generate
from guanxi.packs.grocery.segments import make_segments
from guanxi.records.copying import copy_frame, record_creations, reserve_ids
from guanxi.records.models import ChangeSet, SourceSystem

Report = Callable[..., None]
TIME_ZONE = "Asia/Shanghai"
SOURCES = {"pos": ("Point of sale 门店收银", "teal"), "online_shop": ("Online shop 网上商城", "blue"),
           "loyalty_card": ("Loyalty card 会员卡系统", "orange")}  # fmt: skip
STEPS = 10


class CompanyInUse(DomainError):
    """Demo data never mix with real ones."""

    code, status = "company_in_use", 409
    sentence = _("This database holds customers already. Demo data are only loaded into an empty one.")


@dataclass(frozen=True, slots=True)
class DemoSignIn:
    """How to sign in as one role of the demo company."""

    role: str
    email: str
    password: str


def load_demo(report: Report, as_of: date | None = None) -> list[DemoSignIn]:
    """Generate and load the demo company in one transaction, compute its scores, and return a sign-in for each role.

    ``report(done, total, text)`` is told of every step. Raises ``CompanyInUse`` when the database holds customers or
    products.
    """
    if Customer._default_manager.exists() or Product._default_manager.exists():
        raise CompanyInUse
    report(0, STEPS, "inventing names and addresses")
    demo = generate(as_of or datetime.now(ZoneInfo(TIME_ZONE)).date())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        loader = _Loader(demo, report)
        signs = loader.load()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    report(STEPS - 1, STEPS, "computing scores")
    run_scores(actor=SYSTEM)
    for segment_id in loader.segments:
        refresh_segment(segment_id)
    report(STEPS, STEPS, "done")
    return signs


class _Loader:
    """One load; keeps our ids by the demo company's keys from one step to the next."""

    def __init__(self, demo: DemoCompany, report: Report) -> None:
        self.demo, self.report, self.step = demo, report, 0
        self.now = datetime.now(UTC)
        self.places: dict[str, dict[Any, Any]] = {}
        self.segments: list[int] = []

    def load(self) -> list[DemoSignIn]:
        self.say("people and roles")
        signs = self.load_staff()
        self.set = self.change_set("pos")
        self.say("products")
        self.load_products()
        self.say("customers")
        self.load_customers()
        self.say("orders")
        self.load_orders()
        self.say("order lines")
        self.load_lines()
        self.say("accounts")
        self.load_transactions()
        self.say("interactions and tasks")
        self.load_work()
        self.say("other systems")
        for key in ("online_shop", "loyalty_card"):
            self.load_other_system(key)
        self.load_segments()
        return signs

    def say(self, text: str) -> None:
        self.step += 1
        self.report(self.step, STEPS, text)

    def change_set(self, key: str) -> ChangeSet:
        name, color = SOURCES[key]
        source, _created = SourceSystem.objects.get_or_create(key=key, defaults={"name": name, "color": color})
        return ChangeSet.objects.create(kind="import", title=f"Demo: {name}", source=source)

    def load_staff(self) -> list[DemoSignIn]:
        Company._default_manager.update_or_create(
            pk=1, defaults={"name": "Harvest & Home 禾家", "native_name": "禾家商超", "base_currency": "USD",
                            "time_zone": TIME_ZONE, "is_demo": True,
                            "as_of": day_after(self.demo.end)},
        )  # fmt: skip
        install_default_roles()
        both = pl.format("{} {}", "name_en", "name_zh").alias("name")
        for frame, model, key in ((self.demo.teams, Team, "teams"), (self.demo.territories, Territory, "territories")):
            rows = frame.with_columns(both).select("code", "name").rows()
            self.places[key] = {code: model._default_manager.create(name=name).pk for code, name in rows}
        signs: dict[str, DemoSignIn] = {}
        self.places["users"] = {}
        for row in self.demo.users.iter_rows(named=True):
            password = secrets.token_urlsafe(12)
            role = row["role"].replace("_", "-")
            user = add_user(
                actor=SYSTEM, email=row["email"], name=_full_name(row), password=password, role_keys=[role],
                team_id=self.places["teams"].get(row["team_code"]), language=row["language"], time_zone=TIME_ZONE,
                territories=[self.places["territories"][code] for code in row["territory_codes"]],
            )  # fmt: skip
            self.places["users"][row["username"]] = user.pk
            signs.setdefault(role, DemoSignIn(row["role"], row["email"], password))
        User._default_manager.update(language="en")
        return list(signs.values())

    def put(self, table: str, rows: pl.DataFrame, created: pl.Expr | None = None) -> None:
        """Append record rows with their technical columns; ``created`` overrides the time of creation."""
        at = pl.lit(self.now.replace(tzinfo=None))
        copy_frame(table, rows.with_columns(created_at=at if created is None else created, updated_at=at, version=1))

    def put_marked(self, table: str, rows: pl.DataFrame, change_set: ChangeSet) -> None:
        """Append rows that hang on customers; where their page shows the origin of such rows, with their history."""
        type_name, *facts = people_rows.MARKED.get(table, ("",))
        if type_name:
            rows = rows if "id" in rows.columns else rows.with_columns(reserve_ids(table, rows.height))
            record_creations(type_name, rows["id"], change_set.pk, tables.history(rows, *facts))
        self.put(table, rows)

    def keep_keys(self, type_name: str, keys: dict[str, int], source_id: int) -> None:
        frame = pl.DataFrame({"external_id": list(keys), "record_id": list(keys.values())})
        copy_frame(
            "records_externalkey", frame.with_columns(record_type=pl.lit(type_name), source_id=pl.lit(source_id))
        )

    def number(self, frame: pl.DataFrame, key: str, table: str) -> dict[str, int]:
        """Reserve our ids for the rows of a frame and return them by its key."""
        return dict(zip(frame[key].to_list(), reserve_ids(table, frame.height).to_list(), strict=True))

    def load_products(self) -> None:
        demo = self.demo
        categories = self.number(demo.product_categories, "code", "catalog_productcategory")
        rows = tables.category_rows(demo.product_categories, categories)
        self.put("catalog_productcategory", rows)
        record_creations("product_category", rows["id"], self.set.pk, tables.history(rows, "name", "native_name"))
        self.products = self.number(demo.products, "product_id", "catalog_product")
        rows = tables.product_rows(demo.products, self.products, categories)
        self.put("catalog_product", rows)
        record_creations("product", rows["id"], self.set.pk, tables.history(rows, "name", "sku", "unit_cost"))
        self.keep_keys("product", self.products, self.set.source_id or 0)

    def load_customers(self) -> None:
        demo = self.demo
        tag_ids = people_rows.load_tags(demo.tags)
        grouped = demo.customer_tags.group_by("customer_id", maintain_order=True).agg("tag_code")
        self.places["customer_tags"] = {key: [tag_ids[code] for code in codes] for key, codes in grouped.rows()}
        self.customers = self.number(demo.customers, "external_id", "customers_customer")
        rows = tables.customer_rows(demo.customers, self.customers, self.places)
        self.put("customers_customer", rows)
        facts = ("name", "latin_name", "kind", "roles", "status", "industry", "city", "country", "preferred_channel",
                 "preferred_language", "credit_limit", "household_size", "income_band", "age_band", "tags",
                 "customer_since", "acquired_through", "currency", "owner", "team", "territory")  # fmt: skip
        named = rows.rename({"owner_id": "owner", "team_id": "team", "territory_id": "territory"})
        record_creations("customer", rows["id"], self.set.pk, tables.history(named, *facts))
        self.keep_keys("customer", self.customers, self.set.source_id or 0)
        self.holdings = self.number(demo.holdings, "external_id", "customers_holding")
        for table, part in people_rows.about_customers(demo, self.customers, self.holdings, self.now):
            self.put_marked(table, part, self.set)

    def load_orders(self) -> None:
        demo = self.demo
        self.orders = self.number(demo.orders, "order_id", "customers_order")
        stores = tables.lookup(demo.stores, "store_id", "name_en")
        rows = tables.order_rows(demo.orders, self.orders, self.customers, stores)
        self.put("customers_order", rows)
        totals = [f'{{"total": [null, "{total}"]}}' for total in rows["total"].to_list()]
        record_creations("order", rows["id"], self.set.pk, totals)
        self.keep_keys("order", self.orders, self.set.source_id or 0)

    def load_lines(self) -> None:
        orders = pl.DataFrame({"order_id": list(self.orders), "our_order": list(self.orders.values())})
        products = pl.DataFrame({"product_id": list(self.products), "our_product": list(self.products.values())})
        for start in range(0, self.demo.order_lines.height, 250_000):
            part = self.demo.order_lines.slice(start, 250_000)
            rows = tables.line_rows(part, orders, products, self.set.pk)
            copy_frame("customers_orderline", rows.with_columns(created_at=pl.lit(self.now.replace(tzinfo=None))))
            done = start + part.height
            self.report(self.step, STEPS, f"order lines: {done:,} of {self.demo.order_lines.height:,}")

    def load_transactions(self) -> None:
        """Movements have no history of their own in the demo: their change set says where they came from."""
        frame = self.demo.transactions
        own = self.number(frame, "transaction_id", "customers_transaction")
        rows = tables.transaction_rows(frame, own, self.customers, self.holdings, self.set.pk)
        self.put("customers_transaction", rows)

    def load_work(self) -> None:
        evening = time(17, 0, tzinfo=ZoneInfo(TIME_ZONE))
        for table, part, created in people_rows.daily_work(self.demo, self.customers, self.places["users"], evening):
            self.put(table, part, created)

    def load_other_system(self, key: str) -> None:
        """The same people as another system spells them: separate customers until somebody matches them."""
        change_set = self.change_set(key)
        frame = self.demo.shop_rows if key == "online_shop" else self.demo.card_rows
        own = self.number(frame, "source_id", "customers_customer")
        rows = people_rows.other_system_rows(frame, own, key)
        self.put("customers_customer", rows)
        record_creations("customer", rows["id"], change_set.pk, tables.history(rows, "name", "city", "customer_since"))
        self.put_marked("customers_contactpoint", people_rows.other_system_contacts(frame, own), change_set)
        self.keep_keys("customer", own, change_set.source_id or 0)

    def load_segments(self) -> None:
        """The marketer's segments: who counts them must see every customer."""
        name = self.demo.users.filter(pl.col("role") == "marketer")["username"][0]
        self.segments = make_segments(actor_of(self.places["users"][name]) or SYSTEM)


def _full_name(row: dict[str, Any]) -> str:
    native = row["name_native"]
    return f"{row['name_latin']} {native}" if native and native != row["name_latin"] else str(row["name_latin"])


def day_after(end: datetime) -> date:
    """Return the day after the last purchase, for which the demo company's figures are computed.

    The purchases end on the last Monday before the installation. Later in that week everybody would seem to have
    fallen silent.
    """
    return end.astimezone(ZoneInfo(TIME_ZONE)).date() + timedelta(days=1)
