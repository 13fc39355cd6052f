"""Columns find their fields by English and Chinese headers, and by their content where the header says nothing."""

from __future__ import annotations

import tomllib
from pathlib import Path

import polars as pl
import pytest

from guanxi.records.importing.headers import TargetField, key_of, map_headers

SETS = tomllib.loads((Path(__file__).parent / "header_sets.toml").read_text(encoding="utf-8"))["set"]

CUSTOMER = [
    TargetField("customer.external_id", "ID in the source system", "来源系统编号"),
    TargetField("customer.name", "name", "名称"),
    TargetField("customer.given_name", "given name", "名"),
    TargetField("customer.family_name", "family name", "姓"),
    TargetField("customer.kind", "kind", "类型", "choice"),
    TargetField("customer.gender", "gender", "性别", "choice"),
    TargetField("customer.birthday", "birthday", "生日", "date"),
    TargetField("customer.occupation", "occupation", "职业"),
    TargetField("customer.industry", "industry", "行业"),
    TargetField("customer.employees", "employees", "员工人数", "integer"),
    TargetField("customer.customer_since", "customer since", "成为客户日期", "date"),
    TargetField("customer.acquired_through", "came through", "来源"),
    TargetField("customer.preferred_language", "preferred language", "首选语言"),
    TargetField("customer.credit_limit", "credit limit", "信用额度", "money"),
    TargetField("customer.description", "description", "说明", "long_text"),
    TargetField("customer.tags", "tags", "标签", "tags"),
    TargetField("customer.owner", "owner", "负责人"),
    TargetField("customer.team", "team", "团队"),
    TargetField("email.value", "e-mail", "邮箱", "email"),
    TargetField("phone.value", "phone", "电话", "phone"),
    TargetField("mobile.value", "mobile phone", "手机", "phone"),
    TargetField("wechat.value", "WeChat", "微信"),
    TargetField("website.value", "website", "网站", "url"),
    TargetField("address.street", "street", "街道"),
    TargetField("address.district", "district", "区县"),
    TargetField("address.city", "city", "城市"),
    TargetField("address.region", "province or state", "省份"),
    TargetField("address.postal_code", "postal code", "邮政编码"),
    TargetField("address.country", "country", "国家"),
]
PRODUCT = [
    TargetField("product.sku", "SKU", "商品编码"),
    TargetField("product.name", "product", "商品名称"),
    TargetField("product.category", "category", "类别"),
    TargetField("product.brand", "brand", "品牌"),
    TargetField("product.unit", "unit", "单位"),
    TargetField("product.list_price", "list price", "标价", "money"),
    TargetField("product.unit_cost", "unit cost", "单位成本", "money"),
    TargetField("product.description", "description", "说明", "long_text"),
]
ORDER = [
    TargetField("order.number", "order number", "订单号"),
    TargetField("order.ordered_at", "ordered", "下单时间", "datetime"),
    TargetField("order.status", "status", "状态", "choice"),
    TargetField("order.place", "place", "门店"),
    TargetField("order.currency", "currency", "币种"),
    TargetField("line.quantity", "quantity", "数量", "decimal"),
    TargetField("line.unit_price", "unit price", "单价", "money"),
    TargetField("line.discount", "discount", "折扣", "money"),
    TargetField("line.amount", "amount", "金额", "money"),
    TargetField("line.cost", "cost", "成本", "money"),
    TargetField("customer.external_id", "customer ID", "客户编号"),
    TargetField("customer.name", "customer", "客户"),
    TargetField("customer.country", "country", "国家"),
    TargetField("mobile.value", "mobile phone", "手机", "phone"),
    TargetField("product.sku", "SKU", "商品编码"),
    TargetField("product.name", "product", "商品名称", synonyms=("Description",)),
    TargetField("product.unit", "unit", "单位"),
]
PLANS = {"customers": CUSTOMER, "orders": ORDER, "products": PRODUCT}


def proposed(columns: list[str], plan: str) -> dict[str, str]:
    return {item.column: item.path or "" for item in map_headers(columns, None, PLANS[plan])}


@pytest.mark.parametrize("case", SETS, ids=lambda case: case["name"])
def test_at_least_four_in_five_columns_of_each_sample_find_their_field(case: dict[str, object]) -> None:
    expected = case["to"]
    assert isinstance(expected, dict)
    found = proposed(list(expected), str(case["plan"]))
    wrong = {column: found[column] for column in expected if found[column] != expected[column]}
    assert len(wrong) <= 0.2 * len(expected), wrong


def test_at_least_nineteen_in_twenty_columns_of_all_samples_find_their_field() -> None:
    assert len(SETS) >= 20
    right = total = 0
    for case in SETS:
        found = proposed(list(case["to"]), case["plan"])
        right += sum(found[column] == path for column, path in case["to"].items())
        total += len(case["to"])
    assert right / total >= 0.95


@pytest.mark.parametrize(
    ("header", "same"),
    [
        ("E-mail addr.", "email addr"),
        ("ＰＨＯＮＥ　ＮＯ．", "Phone_No"),
        ("CustomerID", "customer id"),
        ("手機號碼", "手机号码"),
        ("金额（元）", "金额"),
        ("Full name*", "FULL NAME"),
    ],
)
def test_the_writing_of_a_header_does_not_matter(header: str, same: str) -> None:
    assert key_of(header) == key_of(same)


def test_no_field_is_filled_by_two_columns() -> None:
    found = map_headers(["Phone", "Telephone", "Tel"], None, CUSTOMER)
    paths = [item.path for item in found if item.path]
    assert len(paths) == len(set(paths))
    assert found[0].path == "phone.value"
    assert (found[0].confidence, found[0].why) == (1.0, "label")


def test_a_header_that_says_nothing_is_recognised_by_content() -> None:
    samples = pl.DataFrame(
        {
            "x1": ["张伟", "李娜", "王芳"],
            "x2": ["zhang@example.com", "li@example.com", "wang@example.com"],
            "x3": ["13800138000", "13912345678", "18612345678"],
            "x4": ["536365", "536366", "536367"],
        }
    )
    found = map_headers(samples.columns, samples, CUSTOMER)
    assert [(item.path, item.why) for item in found] == [
        (None, ""), ("email.value", "content"), ("phone.value", "content"), (None, ""),
    ]  # fmt: skip


def test_content_that_cannot_be_what_the_header_says_is_doubted() -> None:
    addresses = ["a@x.com", "b@x.com", "c@x.com", None]
    samples = pl.DataFrame({"Email": ["yes", "no", "no", "yes"], "Contact e-mail": addresses})
    found = map_headers(samples.columns, samples, CUSTOMER)
    assert [item.path for item in found] == [None, "email.value"]


def test_a_company_without_a_person_is_the_customer_itself() -> None:
    assert proposed(["公司名称", "电话"], "customers") == {"公司名称": "customer.name", "电话": "phone.value"}
    assert proposed(["姓名", "公司名称"], "customers") == {"姓名": "customer.name", "公司名称": ""}
