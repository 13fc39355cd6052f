"""Which source system a file is said to come from: one for each name, in whatever script."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection
from django.db.models import ProtectedError
from django.utils import timezone

from guanxi.core.actor import SYSTEM
from guanxi.customers.customer.models import Customer
from guanxi.records.importing.job import source_system
from guanxi.records.models import ExternalKey, SourceSystem
from guanxi.records.source_systems import add_source, source_systems
from tests.records.importing.conftest import Load, rows

pytestmark = pytest.mark.django_db
TEXT = "customer id,name\n1,{name}\n"


def test_the_same_id_from_two_systems_with_chinese_names_is_two_records(load: Load) -> None:
    assert rows(load(TEXT.format(name="王芳"), "customer", source="旧名单")) == {"created": 1}
    assert rows(load(TEXT.format(name="李娜"), "customer", source="零售")) == {"created": 1}
    assert rows(load(TEXT.format(name="李娜"), "customer", source="零售")) == {"unchanged": 1}

    assert set(Customer.objects.values_list("name", flat=True)) == {"王芳", "李娜"}
    keys = ExternalKey.objects.filter(record_type="customer").values_list("source__name", "external_id")
    assert sorted(keys) == sorted([("旧名单", "1"), ("零售", "1")])


@pytest.mark.parametrize(
    ("first", "second", "is_same"),
    [
        ("Shop", "shop", True), ("Old list", "old-list", True), ("零售", " 零售 ", True), ("零售 A", "零售 a", True),
        ("零售 A", "批发 A", False), ("零售", "File", False), ("Café", "Caff", False), ("***", "###", False),
    ],
)  # fmt: skip
def test_names_mean_the_same_system_when_they_read_the_same(first: str, second: str, is_same: bool) -> None:
    assert (source_system(first, first) == source_system(second, second)) is is_same


def test_a_system_that_an_administrator_named_or_renamed_is_found_by_its_name() -> None:
    named = add_source(actor=SYSTEM, name="门店收银")
    assert source_system("门店收银", "门店收银") == named

    SourceSystem.objects.filter(pk=named.pk).update(name="新系统")
    assert source_system("新系统", "新系统") == named


def test_a_system_is_never_deleted_since_nothing_else_checks_the_source_of_external_keys(load: Load) -> None:
    load(TEXT.format(name="王芳"), "customer", source="shop")
    source = SourceSystem.objects.get()

    with pytest.raises(ProtectedError):
        source.delete()
    with pytest.raises(IntegrityError, match="never deleted"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM records_sourcesystem WHERE id = %s", [source.pk])


def test_a_system_says_when_it_told_something_last(load: Load) -> None:
    before = timezone.now()
    load(TEXT.format(name="王芳"), "customer", source="shop")
    SourceSystem.objects.create(key="silent", name="Silent")

    told = {item.source.key: item for item in source_systems()}

    assert (told["shop"].keys, told["shop"].imports, told["silent"].last_at) == (1, 1, None)
    assert told["shop"].last_at is not None
    assert before <= told["shop"].last_at <= timezone.now()
