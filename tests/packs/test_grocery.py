"""The demo company: what is real stays exact, what is generated is stated, and every run gives the same."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, timedelta
from decimal import Decimal

import phonenumbers
import polars as pl
import pytest

from guanxi.packs.grocery import draws
from guanxi.packs.grocery.company import DemoCompany
from guanxi.packs.grocery.generate import generate
from guanxi.packs.grocery.journey import week_shift
from guanxi.packs.grocery.service import value_by_customer
from guanxi.packs.grocery.sources import CARD_HEADERS, SHOP_HEADERS, card_workbook, shop_csv

pytest.importorskip("openpyxl")
AS_OF = date(2026, 3, 18)


@pytest.fixture(scope="module")
def company() -> DemoCompany:
    return generate(AS_OF)


def test_another_process_makes_the_same_cells_with_little_memory_and_without_pandas(company: DemoCompany) -> None:
    program = (
        "import datetime, sys; from guanxi.packs.grocery.generate import generate;"
        "company = generate(datetime.date(2026, 3, 18)); assert 'pandas' not in sys.modules;"
        "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')));"
        "print(company.fingerprint())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Shanghai"}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120, env=environment
    )
    kilobytes, fingerprint = done.stdout.split()
    assert fingerprint == company.fingerprint()
    assert int(kilobytes) <= 700 * 1024


def test_the_real_purchases_are_complete_to_the_line_and_the_cent(company: DemoCompany) -> None:
    lines = company.order_lines.filter(pl.col("origin") == "journey")
    orders = company.orders.filter(pl.col("origin") == "journey")
    assert lines.height == 1_469_307
    assert lines["amount"].sum() == Decimal("4596039.58")
    assert orders.height == 155_848
    assert orders["amount"].sum() == Decimal("4596039.58")
    assert orders["customer_id"].n_unique() == 2_469
    assert lines["product_id"].n_unique() == 68_509
    assert company.stores.height == 457
    assert (lines["discount"].sum(), lines["coupon"].sum()) == (Decimal("796193.29"), Decimal("26359.90"))


def test_every_order_is_the_sum_of_its_lines(company: DemoCompany) -> None:
    money = ["amount", "discount", "coupon", "cost"]
    sums = company.order_lines.group_by("order_id").agg(
        pl.len().cast(pl.Int32).alias("line_count"), pl.col(money).sum()
    )
    columns = ["order_id", "line_count", *money]
    joined = company.orders.select(columns).join(sums, on="order_id", suffix="_of_lines")
    assert joined.height == company.orders.height == sums.height
    for name in columns[1:]:
        assert (joined[name] == joined[f"{name}_of_lines"]).all(), name
    assert (company.orders["list_amount"] - company.orders["discount"] == company.orders["amount"]).all()


def test_returns_and_corporate_purchases_are_marked_as_generated(company: DemoCompany) -> None:
    returned = company.order_lines.filter(pl.col("origin") == "return")
    assert returned.height > 5_000
    assert (returned["amount"] < 0).all()
    assert (returned["quantity"] < 0).all()
    refunded = returned.join(company.order_lines, left_on="refund_of", right_on="line_id", suffix="_bought")
    assert refunded.height == returned.height
    assert (refunded["amount"] == -refunded["amount_bought"]).all()
    corporate = company.orders.filter(pl.col("origin") == "corporate")
    assert set(corporate["customer_id"].str.head(1)) == {"B"}
    assert set(company.orders.filter(pl.col("origin") != "corporate")["customer_id"].str.head(1)) == {"H"}


@pytest.mark.parametrize("offset", range(7))
def test_dates_move_by_whole_weeks_to_the_monday_before_the_installation(offset: int) -> None:
    as_of = date(2026, 3, 16) + timedelta(days=offset)
    shift = week_shift(as_of)
    last = date(2018, 1, 1) + shift
    assert shift.days % 7 == 0
    assert last.weekday() == 0
    assert 1 <= (as_of - last).days <= 7


def test_the_data_end_in_the_week_asked_for_and_each_purchase_keeps_its_weekday(company: DemoCompany) -> None:
    assert company.end.isoformat() == "2026-03-16T04:01:20+00:00"
    assert company.start.isoformat() == "2025-03-16T11:53:26+00:00"
    later = generate(AS_OF + timedelta(weeks=5))
    moved = later.orders["ordered_at"] - company.orders["ordered_at"]
    assert set(moved.unique()) == {timedelta(weeks=5)}
    for name in ("products", "order_lines", "costs_to_serve", "true_matches"):
        assert later.frames()[name].equals(company.frames()[name]), name


def test_every_phone_number_is_valid_and_set_aside_or_unused(company: DemoCompany) -> None:
    mobiles = company.contact_points.filter(pl.col("kind") == "mobile")
    assert mobiles["normalised"].n_unique() == mobiles.height == company.customers.height
    for typed, number in mobiles.select("value", "normalised").iter_rows():
        region = "CN" if number.startswith("+86") else "US"
        parsed = phonenumbers.parse(typed, region)
        assert phonenumbers.is_valid_number(parsed)
        assert phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) == number
        assert number.startswith("+861990000") or number[5:10] == "55501"


def test_mail_addresses_use_reserved_domains(company: DemoCompany) -> None:
    mails = company.contact_points.filter(pl.col("kind") == "email")["value"]
    domains = set(mails.str.split("@").list.last())
    assert domains == {"example.com", "example.net", "example.org", "mail.example"}
    assert mails.str.contains(r"^[a-z0-9.]+@").all()


def test_ids_are_unique_and_references_resolve(company: DemoCompany) -> None:
    frames = company.frames()
    keys = {"customers": "external_id", "contact_points": "external_id", "orders": "order_id", "order_lines": "line_id",
            "products": "product_id", "interactions": "external_id", "holdings": "external_id",
            "users": "username"}  # fmt: skip
    for name, key in keys.items():
        assert frames[name][key].is_unique().all(), name
    customers, users = set(company.customers["external_id"]), set(company.users["username"])
    for name in ("contact_points", "holdings", "interactions", "notes", "tasks", "customer_tags", "identifiers",
                 "costs_to_serve", "true_matches", "orders"):  # fmt: skip
        assert set(frames[name]["customer_id"]) <= customers, name
    assert set(company.relationships["from_customer_id"]) | set(company.relationships["to_customer_id"]) <= customers
    assert set(company.customers["owner"]) <= users
    assert set(company.products["category_code"]) <= set(company.product_categories["code"])
    assert set(company.order_lines["product_id"]) <= set(company.products["product_id"])


def test_the_company_is_bilingual_and_staffed_as_described(company: DemoCompany) -> None:
    heads = company.customers.filter(pl.col("external_id").str.contains(r"^H\d{4}$"))
    assert heads.height == 2_469
    assert 0.57 < heads["name_native"].is_not_null().mean() < 0.63
    assert heads["age_band"].is_not_null().sum() == 801
    roles = company.users["role"].value_counts().sort("role").rows()
    assert roles == [
        ("administrator", 1), ("analyst", 1), ("marketer", 1), ("read_only", 1), ("sales_manager", 1),
        ("salesperson", 5), ("service_agent", 2),
    ]  # fmt: skip
    assert (company.teams.height, company.territories.height) == (4, 6)
    assert company.customers.filter(pl.col("kind") == "organization").height == 320
    assert set(company.relationships["kind"]) == {"employee_of", "household_member", "spouse_of", "referred_by"}


def test_a_realistic_share_of_customers_destroys_value(company: DemoCompany) -> None:
    value = value_by_customer(company.orders, company.costs_to_serve)
    share = (value["value"] < 0).mean()
    assert isinstance(share, float)
    assert 0.08 < share < 0.15
    total = value["value"].sum()
    assert total == value["revenue"].sum() - value["cost"].sum() - value["cost_to_serve"].sum()
    assert total > 0
    losing = value.filter(pl.col("value") < 0)
    assert losing["revenue"].max() > value["revenue"].median(), "large customers are among those who destroy value"


def test_costs_to_serve_are_occurrences_times_unit_cost_and_count_what_happened(company: DemoCompany) -> None:
    costs = company.costs_to_serve
    assert (costs["unit_cost"] * costs["occurrences"] == costs["amount"]).all()
    occurrences = dict(costs.group_by("kind").agg(pl.col("occurrences").sum()).rows())
    bought = company.orders.filter(pl.col("origin") != "return").height
    assert occurrences["handling"] == bought
    assert occurrences["return"] == company.orders.height - bought
    assert occurrences["contact"] == company.interactions.height
    assert occurrences["coupon"] == company.coupon_redemptions.height == 2_102
    assert occurrences["mailing"] == company.campaign_members.height == 6_589


def test_the_balance_of_each_account_is_the_sum_of_its_movements(company: DemoCompany) -> None:
    moved = company.transactions.group_by("holding_id", maintain_order=True).agg(
        pl.col("amount").sum(), pl.col("balance_after").last(), pl.col("occurred_at").is_sorted().alias("in_order"),
        (pl.col("balance_after").diff().fill_null(pl.col("amount")) == pl.col("amount")).all().alias("adds_up"),
    )  # fmt: skip
    accounts = company.holdings.filter(pl.col("kind") != "membership_card")
    joined = accounts.join(moved, left_on="external_id", right_on="holding_id", how="left")
    known = joined.filter(pl.col("amount").is_not_null())

    assert known.select("in_order", "adds_up").sum().row(0) == (known.height, known.height)
    assert (known["balance"] == known["amount"]).all()
    assert (known["balance"] == known["balance_after"]).all()
    assert joined.filter(pl.col("amount").is_null())["balance"].drop_nulls().len() == 0
    assert (known.filter(pl.col("status") == "closed")["balance"] == 0).all()


def test_points_are_a_point_for_each_whole_dollar_and_never_less_than_none(company: DemoCompany) -> None:
    moves = company.transactions.filter(pl.col("unit") == "points")
    assert moves["balance_after"].min() == 0
    earned = moves.filter(pl.col("kind") == "earned").select("customer_id", pl.col("description"), "amount")
    orders = company.orders.select("customer_id", "amount", number=pl.col("order_id"))
    both = earned.with_columns(number=pl.col("description").str.extract(r"(\d+)$")).join(
        orders, on=["customer_id", "number"], how="left"
    )
    assert (both["amount"] == both["amount_right"].cast(pl.Int64)).all()
    assert set(moves.filter(pl.col("kind") == "redeemed")["amount"]) == {Decimal("-50.00")}
    back = moves.filter(pl.col("kind") == "reversal").join(
        moves, left_on="takes_back", right_on="transaction_id", how="inner"
    )
    assert back.height > 5_000
    assert (back["holding_id"] == back["holding_id_right"]).all()
    assert (back["amount"] + back["amount_right"] >= 0).all(), "no more is taken back than was earned"


def test_nothing_moves_before_an_account_is_opened_or_after_the_data_end(company: DemoCompany) -> None:
    joined = company.transactions.join(company.holdings, left_on="holding_id", right_on="external_id")
    assert (joined["occurred_at"].dt.date() >= joined["opened_on"]).all()
    assert company.transactions["occurred_at"].max() <= company.end
    assert (joined["customer_id"] == joined["customer_id_right"]).all()
    owed = company.holdings.filter(pl.col("kind") == "credit_account")
    assert (owed["balance"].fill_null(0) <= 0).all()


def test_open_and_overdue_tasks_exist_at_the_day_given(company: DemoCompany) -> None:
    open_tasks = company.tasks.filter(pl.col("status") == "open")
    overdue = open_tasks.filter(pl.col("due_on") < AS_OF).height
    assert overdue > 20
    assert open_tasks.height - overdue > 50


def test_the_other_systems_know_some_customers_and_some_strangers(company: DemoCompany) -> None:
    truth = company.true_matches
    for system, rows, strangers in (("online_shop", company.shop_rows, 280), ("loyalty_card", company.card_rows, 190)):
        matches = truth.filter(pl.col("source_system") == system)
        assert rows["source_id"].is_unique().all()
        assert matches["source_id"].is_unique().all()
        assert set(matches["source_id"]) <= set(rows["source_id"])
        assert rows.height - matches.height == strangers
        assert matches.height > matches["customer_id"].n_unique(), "some customers are twice in the system"
    assert truth.height == 2_214


def test_copies_without_a_listed_difference_are_faithful_and_others_differ(company: DemoCompany) -> None:
    names = company.customers.select(pl.col("external_id").alias("customer_id"), "name_full")
    joined = company.true_matches.join(pl.concat([company.shop_rows, company.card_rows]), on="source_id").join(
        names, on="customer_id"
    )
    spelled = joined["changes"].str.contains("typo|other_script|nickname")
    assert (joined.filter(~spelled)["name"] == joined.filter(~spelled)["name_full"]).all()
    assert (joined.filter(spelled)["name"] != joined.filter(spelled)["name_full"]).mean() > 0.97
    assert (joined.filter(joined["changes"].str.contains("no_phone"))["mobile"] == "").all()


def test_strangers_share_no_phone_with_any_customer(company: DemoCompany) -> None:
    known = company.contact_points.filter(pl.col("kind") == "mobile")["normalised"].str.replace(r"^\+(86|1)", "")
    for rows in (company.shop_rows, company.card_rows):
        strangers = rows.join(company.true_matches, on="source_id", how="anti")
        assert not set(strangers["mobile"]) & set(known)


def test_the_exports_can_be_read_back(company: DemoCompany) -> None:
    text = shop_csv(company.shop_rows).decode("gbk")
    assert text.splitlines()[0] == ",".join(SHOP_HEADERS.values())
    assert pl.read_csv(text.encode(), infer_schema=False).height == company.shop_rows.height
    book = pl.read_excel(card_workbook(company.card_rows), engine="openpyxl", infer_schema_length=0)
    assert book.columns == list(CARD_HEADERS.values())
    assert book["Cardholder"].to_list() == company.card_rows["name"].to_list()


def test_product_names_are_readable_in_both_languages(company: DemoCompany) -> None:
    products = company.products
    assert products.height == 68_509
    assert products["name_en"].str.contains("[A-Za-z]").all()
    assert products["name_zh"].str.contains(r"\p{Han}").all()
    assert not products["name_en"].str.contains("FRZN|ALPO|COVERGIRL").any(), "abbreviations and real brands are gone"
    priced = products.filter(pl.col("list_price") > 0)
    share = priced["unit_cost"].cast(pl.Float64) / priced["list_price"].cast(pl.Float64)
    assert (share <= 1.0).all()
    assert (share >= 0.35).all()
    assert products.filter(pl.col("unit") == "gal")["list_price"].cast(pl.Float64).is_between(2, 4).all()


def test_a_single_draw_equals_the_draw_of_many() -> None:
    ids = [0, 1, 2469, 300_007, 2**40 + 5]
    many = draws.uniform("purpose", ids)
    assert [draws.one("purpose", value) for value in ids] == many.tolist()
    assert draws.integer("purpose", ids, 7).tolist() == [draws.one_below("purpose", value, 7) for value in ids]
    weights = (5.0, 2.0, 0.0, 1.0)
    assert draws.weighted("p", ids, weights).tolist() == [draws.one_weighted("p", value, weights) for value in ids]


def test_a_drawn_value_is_the_same_whatever_the_versions_of_libraries() -> None:
    assert [round(draws.one("pinned", value), 12) for value in (1, 2, 3)] == [
        0.859977640982,
        0.39293742494,
        0.884234623983,
    ]


def test_draws_are_even_and_differ_by_purpose() -> None:
    numbers = draws.uniform("evenness", range(100_000))
    assert abs(numbers.mean() - 0.5) < 0.003
    assert abs((numbers < 0.1).mean() - 0.1) < 0.003
    assert abs(float((numbers * draws.uniform("other", range(100_000))).mean()) - 0.25) < 0.003
    counts = [int((draws.weighted("skew", range(100_000), (3.0, 1.0)) == side).sum()) for side in (0, 1)]
    assert abs(counts[0] / 100_000 - 0.75) < 0.005
