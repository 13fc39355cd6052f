"""A company whose administrator has shaped records: customers with a field of every kind, and projects of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from guanxi.core.actor import SYSTEM
from guanxi.records.registry import record_type
from guanxi.records.shaping import building, live
from guanxi.records.shaping.models import CustomField
from guanxi.records.shaping.services import add_field, add_type
from tests.world import World, build_world

GRADES = [
    {"labels": {"en": "Best", "zh-hans": "优"}, "color": "green"}, {"labels": {"en": "Good", "zh-hans": "良"}},
    {"labels": {"en": "Poor", "zh-hans": "差"}, "color": "red"},
]  # fmt: skip
FIELDS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("text", "Account code", "客户编码", {"searchable": True}), ("long_text", "Story", "故事", {}),
    ("number", "Seats", "席位", {"decimals": 2}), ("money", "Contract value", "合同金额", {}),
    ("percent", "Share", "份额", {}), ("date", "Renewal", "续约日", {}), ("datetime", "Last visit", "上次拜访", {}),
    ("boolean", "Key account", "重点客户", {}), ("choice", "Grade", "等级", {"choices": GRADES}),
    ("choices", "Interests", "兴趣", {"choices": GRADES}), ("email", "Billing e-mail", "账单邮箱", {}),
    ("phone", "Fax", "传真", {}), ("url", "Portal", "门户", {}), ("user", "Second owner", "副负责人", {}),
    ("reference", "Main product", "主要产品", {"reference": "product"}),
    ("number_series", "File number", "档案号", {"prefix": "C-", "digits": 4}),
    ("formula", "Fee", "费用", {"formula": "IF([Seats] > 10, [Seats] * 99.5, 100)"}),
)  # fmt: skip


def said(english: str, chinese: str = "") -> dict[str, str]:
    """Return words by language."""
    return {"en": english, "zh-hans": chinese} if chinese else {"en": english}


def field(type_name: str, kind: str, english: str, chinese: str = "", **options: Any) -> CustomField:
    """Add a field and have it made."""
    made = add_field(
        record_type(type_name), actor=SYSTEM, kind=kind, labels=said(english, chinese), options=options
    )  # fmt: skip
    settle()
    return made


def settle() -> None:
    """Do what the worker and every process do once an administrator's change is committed."""
    building.build()
    live.keep_up_now()


def shape_company() -> None:
    """Give customers a field of every kind, and add projects that belong to customers."""
    for kind, english, chinese, options in FIELDS:
        if kind == "formula":
            settle()  # it reads fields that have to be there
        add_field(record_type("customer"), actor=SYSTEM, kind=kind, labels=said(english, chinese), options=options)
    add_type(actor=SYSTEM, labels=said("project", "项目"), plurals=said("projects", "项目"), icon="folder")
    settle()
    field("x_project", "reference", "Customer", "客户", reference="customer")
    field("x_project", "choice", "Stage", "阶段", choices=GRADES)
    field("x_project", "money", "Budget", "预算")
    field("x_project", "date", "Due", "截止日")
    field(
        "customer",
        "rollup",
        "Projects",
        "项目数",
        rollup={"type": "x_project", "through": "x_customer", "how": "count"},
    )


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """The shaped company, in a transaction that is rolled back after the module."""
    with django_db_blocker.unblock():
        with transaction.atomic():
            shape_company()
            yield build_world()
            transaction.set_rollback(True)
        live.load()


@pytest.fixture
def sandbox(world: World, db: None) -> World:
    """The company for one test, whose writes are taken back."""
    live.keep_up_now()  # the test before may have shaped what its end took back
    return world


@pytest.fixture
def member(sandbox: World) -> CustomField:
    """A unique text of customers."""
    return field("customer", "text", "Member number", "会员号", unique=True)
