"""Loading customers: linked records from one row, repeated files, differences, refused rows, rights."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from guanxi.core.actor import SYSTEM, Scope
from guanxi.core.errors import NotAllowed
from guanxi.customers.contact_point.models import ContactPoint
from guanxi.customers.contact_point.rules import contact_keys
from guanxi.customers.customer.models import Customer
from guanxi.customers.customer.rules import search_keys
from guanxi.customers.identifier.models import Identifier
from guanxi.customers.relationship.models import Relationship
from guanxi.customers.tag.models import Tag
from guanxi.identity.models import User
from guanxi.records.importing.mapping import MappingRefused
from guanxi.records.importing.rejects import rejects_file, rejects_of
from guanxi.records.models import Change, ExternalKey, ImportJob
from tests.records.importing.conftest import VERBS, Load, job_of, rows, user_with

pytestmark = pytest.mark.django_db

CHINESE = (
    "客户编号,客户姓名,手机,邮箱,所在城市,性别,出生日期,信用额度\n"
    "K001,王雅芳,139 0177 4826,Wang.Yafang@Example.cn,上海,女,1988-03-18,12500.50\n"
    "K002,单雄信,13800138000,,苏州,男,1979年5月9日,\n"
    "K003,重庆长安汽车有限公司,,info@example.com,重庆,,,\n"
)


def test_a_gbk_file_with_chinese_headers_becomes_customers_with_contact_points(load: Load) -> None:
    result = load(CHINESE, "customer", encoding="gbk")
    assert rows(result) == {"created": 3}
    assert result.unmapped == ()
    assert result.counts["records"]["contact_point"] == {"created": 4, "updated": 0, "unchanged": 0}
    wang = Customer.objects.get(name="王雅芳")
    assert (wang.city, wang.gender, str(wang.birthday), wang.credit_limit) == (
        "上海",
        "female",
        "1988-03-18",
        Decimal("12500.50"),
    )
    assert list(wang.contact_points.order_by("kind").values_list("kind", "normalized", "label", "is_primary")) == [
        ("email", "wang.yafang@example.cn", "main", True), ("phone", "+8613901774826", "mobile", True),
    ]  # fmt: skip
    assert str(Customer.objects.get(name="单雄信").birthday) == "1979-05-09"
    assert job_of(result).description["encoding"].lower().startswith("gb")


def test_search_keys_of_imported_records_are_those_of_the_write_path(load: Load) -> None:
    load(CHINESE, "customer", encoding="gbk")
    for customer in Customer.objects.all():
        expected = search_keys({"name": customer.name, "latin_name": customer.latin_name})
        assert {name: getattr(customer, name) for name in expected} == expected
    for point in ContactPoint.objects.all():
        expected = contact_keys({"kind": point.kind, "value": point.value})
        assert {name: getattr(point, name) for name in expected} == expected


def test_each_new_record_has_one_row_of_history_with_its_values(load: Load) -> None:
    result = load(CHINESE, "customer", encoding="gbk")
    wang = Customer.objects.get(name="王雅芳")
    change = Change.objects.get(record_type="customer", record_id=wang.pk)
    assert (change.verb, change.via, change.change_set_id) == ("created", "import", job_of(result).change_set_id)
    assert change.fields == {
        "name": [None, "王雅芳"], "city": [None, "上海"], "gender": [None, "female"],
        "birthday": [None, "1988-03-18"], "credit_limit": [None, "12500.50"],
    }  # fmt: skip
    assert Change.objects.filter(record_type="contact_point").count() == ContactPoint.objects.count() == 4


def test_the_same_file_again_changes_nothing(load: Load) -> None:
    load(CHINESE, "customer", encoding="gbk")
    before = (Change.objects.count(), list(Customer.objects.order_by("id").values_list("id", "version", "updated_at")))
    assert rows(load(CHINESE, "customer", encoding="gbk")) == {"unchanged": 3}
    after = (Change.objects.count(), list(Customer.objects.order_by("id").values_list("id", "version", "updated_at")))
    # The only new row of the event log says that the second import finished.
    assert after == (before[0] + 1, before[1])
    assert (Customer.objects.count(), ContactPoint.objects.count(), ExternalKey.objects.count()) == (3, 4, 3)


def test_only_differing_fields_are_updated_and_empty_cells_say_nothing(load: Load) -> None:
    load(CHINESE, "customer", encoding="gbk")
    result = load("客户编号,客户姓名,所在城市,性别\nK001,王雅芳,苏州,\nK002,单雄信,,男\n", "customer")
    assert rows(result) == {"updated": 1, "unchanged": 1}
    wang = Customer.objects.get(name="王雅芳")
    assert (wang.city, wang.gender, wang.version) == ("苏州", "female", 2)
    change = Change.objects.get(record_id=wang.pk, record_type="customer", verb="changed")
    assert change.fields == {"city": ["上海", "苏州"]}


def test_a_changed_name_brings_new_search_keys(load: Load) -> None:
    load("customer id,name\n1,Anna Smith\n", "customer")
    load("customer id,name\n1,王芳\n", "customer")
    assert Customer.objects.values_list("pinyin", "sort_key", "search_name").get() == ("wangfang", "wang fang", "王芳")


def test_the_later_of_two_rows_with_one_key_updates_the_earlier(load: Load) -> None:
    text = "customer id,name,city\n1,Anna,Leeds\n2,Ben,York\n1,Anna,London\n1,Anna,London\n"
    result = load(text, "customer")
    assert rows(result) == {"created": 2, "updated": 1, "unchanged": 1}
    assert Customer.objects.get(name="Anna").city == "London"
    assert rows(load(text, "customer", source="other", batch=1)) == {"created": 2, "updated": 1, "unchanged": 1}


def test_a_dry_run_writes_nothing_and_counts_what_the_run_then_does(load: Load) -> None:
    load("customer id,name,city\n1,Anna,Leeds\n9,Zoe,Bath\n", "customer")
    text = (
        "customer id,name,city,e-mail\n1,Anna,London,a@example.com\n2,Ben,York,x\n3,Cora,,\n9,Zoe,Bath,\n3,Cora,Kent,\n"
    )
    before = (
        Customer.objects.count(),
        ContactPoint.objects.count(),
        Change.objects.count(),
        ExternalKey.objects.count(),
    )
    dry = load(text, "customer", dry_run=True)
    assert rows(dry) == {"created": 1, "updated": 2, "unchanged": 1, "errors": 1}
    assert [(each["column"], each["code"], each["count"]) for each in dry.problems] == [("e-mail", "bad_email", 1)]
    after = (
        Customer.objects.count(),
        ContactPoint.objects.count(),
        Change.objects.count(),
        ExternalKey.objects.count(),
    )
    assert after == before
    assert rows(load(text, "customer", dry_run=True, batch=1)) == rows(dry)
    assert rows(load(text, "customer", batch=1)) == rows(dry)


def test_without_ids_the_name_and_contact_points_say_who_is_meant(load: Load) -> None:
    text = "name,e-mail,city\nAnna,a@example.com,Leeds\nAnna,b@example.com,Leeds\n"
    assert rows(load(text, "customer")) == {"created": 2}
    assert rows(load(text.replace("Leeds", "York"), "customer")) == {"updated": 2}
    assert sorted(Customer.objects.values_list("name", "city")) == [("Anna", "York"), ("Anna", "York")]


def test_a_company_beside_a_person_becomes_a_customer_and_the_employer(load: Load) -> None:
    load("客户编号,姓名,公司名称\n1,李雷,锦程物流\n2,韩梅梅,锦程物流\n3,,汇丰源租车\n", "customer")
    assert sorted(Customer.objects.values_list("name", "kind")) == sorted(
        [("李雷", "person"), ("韩梅梅", "person"), ("锦程物流", "organization"), ("汇丰源租车", "organization")]
    )
    assert sorted(Relationship.objects.values_list("customer__name", "kind", "other__name")) == sorted(
        [("李雷", "employee_of", "锦程物流"), ("韩梅梅", "employee_of", "锦程物流")]
    )


def test_tags_owner_and_numbers_are_found_by_name_and_new_tags_are_made(load: Load) -> None:
    User.objects.create_user("mei@example.com", name="Mei")
    vip = Tag.objects.create(name="VIP")
    text = 'customer id,name,tags,owner,tax number\n1,Anna,"VIP; new",Mei,T-1\n2,Ben,vip,mei@example.com,\n3,Cora,,Nobody,\n'
    result = load(text, "customer")
    assert rows(result) == {"created": 2, "errors": 1}
    new = Tag.objects.get(name="new")
    assert Customer.objects.get(name="Anna").tags == [vip.pk, new.pk]
    assert Customer.objects.get(name="Ben").tags == [vip.pk]
    assert set(Customer.objects.values_list("owner__name", flat=True)) == {"Mei"}
    assert Identifier.objects.values_list("customer__name", "kind", "value").get() == ("Anna", "tax", "T-1")
    (reject,) = rejects_of(job_of(result))
    assert (reject.row_number, reject.code, reject.column, reject.params["value"]) == (
        4,
        "unknown_reference",
        "owner",
        "Nobody",
    )


def test_rejected_rows_come_back_as_a_file_that_loads_once_corrected(load: Load) -> None:
    text = 'customer id,name,e-mail,birthday\n1,Anna,a@example.com,1990-02-30\n2,,b@example.com,\n3,"Cora, ""C""",c@example.com,1991-01-02\n4,Dan\n'
    result = load(text, "customer")
    assert rows(result) == {"created": 1, "errors": 3}
    body = b"".join(rejects_file(job_of(result))).decode("utf-8-sig")
    table = list(csv.DictReader(io.StringIO(body)))
    assert [(row["customer id"], row["error_code"], row["error_column"]) for row in table] == [
        ("1", "bad_date", "birthday"), ("2", "missing", "name"), ("4", "wrong_cell_count", ""),
    ]  # fmt: skip
    assert table[0]["reason"] == "“1990-02-30” isn't a date. Use YYYY-MM-DD, for example 2026-11-21."
    corrected = body.replace("1990-02-30", "1990-02-28").replace("2,,b@", "2,Ben,b@")
    again = load(corrected, "customer")
    assert rows(again) == {"created": 3}
    assert again.unmapped == ("error_code", "error_column", "reason")
    assert sorted(Customer.objects.values_list("name", flat=True)) == ["Anna", "Ben", 'Cora, "C"', "Dan"]


def test_a_lenient_column_is_left_empty_where_it_cannot_be_read(load: Load) -> None:
    text = "customer id,name,birthday\n1,Anna,soon\n2,Ben,1990-01-01\n"
    result = load(text, "customer", mapping={"lenient": ["birthday"]})
    assert rows(result) == {"created": 2}
    assert [str(day) for day in Customer.objects.order_by("name").values_list("birthday", flat=True)] == [
        "None",
        "1990-01-01",
    ]
    assert [(each["column"], each["count"], each["samples"]) for each in result.problems] == [("birthday", 1, ["soon"])]


def test_existing_customers_can_be_filled_or_skipped_instead_of_updated(load: Load) -> None:
    load("customer id,name,city\n1,Anna,\n2,Ben,York\n", "customer")
    text = "customer id,name,city\n1,Ann,Leeds\n2,Benny,London\n3,Cora,Bath\n"
    assert rows(load(text, "customer", mapping={"existing": "skip"})) == {"created": 1, "skipped": 2}
    assert rows(load(text, "customer", mapping={"existing": "fill"})) == {"updated": 1, "unchanged": 2}
    assert sorted(Customer.objects.values_list("name", "city")) == [
        ("Anna", "Leeds"),
        ("Ben", "York"),
        ("Cora", "Bath"),
    ]


def test_a_customer_in_the_bin_is_not_brought_back_by_a_file(load: Load) -> None:
    load("customer id,name\n1,Anna\n", "customer")
    Customer.objects.update(deleted_at="2026-01-01T00:00Z")
    result = load("customer id,name\n1,Anna\n2,Ben\n", "customer")
    assert rows(result) == {"created": 1, "errors": 1}
    assert rejects_of(job_of(result))[0].code == "in_bin"


def test_without_the_right_to_import_nothing_is_written(load: Load) -> None:
    for missing in ("import", "create", "edit"):
        actor = user_with({verb: Scope.ALL for verb in VERBS if verb != missing}, ("customer", "contact_point"))
        with pytest.raises(NotAllowed):
            load("customer id,name\n1,Anna\n", "customer", actor=actor)
    actor = user_with(dict.fromkeys(VERBS, Scope.ALL), ("customer",))
    with pytest.raises(NotAllowed):
        load("customer id,name,e-mail\n1,Anna,a@example.com\n", "customer", actor=actor)
    assert (Customer.objects.count(), Change.objects.count(), ExternalKey.objects.count()) == (0, 0, 0)
    assert not ImportJob.objects.filter(rows_done__gt=0).exists()


def test_an_import_neither_changes_nor_reveals_customers_of_others(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    load("customer id,name,city\n1,Anna,Leeds\n", "customer")
    mei = user_with(dict.fromkeys(VERBS, Scope.OWN), ("customer", "contact_point"))
    monkeypatch.setattr("guanxi.records.importing.running.acting", lambda user_id: mei)
    result = load("customer id,name,city,owner\n1,Mine,York,\n2,Ben,York,\n3,Cora,York,Ben\n", "customer", actor=mei)
    assert rows(result) == {"created": 1, "errors": 2}
    assert [each.code for each in rejects_of(job_of(result))] == ["not_yours", "unknown_reference"]
    assert list(Customer.objects.order_by("name").values_list("name", "owner_id")) == [
        ("Anna", None),
        ("Ben", mei.user_id),
    ]


def test_a_mapping_with_unknown_or_doubled_targets_is_refused(load: Load) -> None:
    for columns in ({"a": "customer.nothing"}, {"a": "customer.name", "b": "customer.name"}):
        with pytest.raises(MappingRefused):
            load("a,b\n1,2\n", "customer", mapping={"columns": columns})


def test_a_field_that_the_actor_may_not_change_is_no_target(load: Load) -> None:
    actor = user_with(dict.fromkeys(VERBS, Scope.ALL), ("customer",), locked={"customer": frozenset({"credit_limit"})})
    with pytest.raises(MappingRefused):
        load("customer id,name,limit\n1,Anna,5\n", "customer", actor=actor,
             mapping={"columns": {"customer id": "customer.external_id",
             "limit": "customer.credit_limit"}})  # fmt: skip
    assert SYSTEM.edits_field("customer", "credit_limit")


def test_of_companies_with_one_name_the_oldest_that_is_not_in_the_bin_is_the_employer(load: Load) -> None:
    made = [Customer(name="Acme", kind="organization", **search_keys({"name": "Acme"})) for _ in range(3)]
    Customer.objects.bulk_create(made)
    Customer.objects.filter(pk=made[0].pk).update(deleted_at=datetime.now(UTC))

    load("customer id,name,company\n1,Anna,Acme\n", "customer")

    assert Relationship.objects.get().other_id == made[1].pk
    assert Customer.objects.get(pk=made[0].pk).deleted_at is not None
