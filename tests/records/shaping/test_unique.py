"""A unique field: no two living records have the same value, whichever way it comes, and the refusal says who has it."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from guanxi.core.actor import SYSTEM
from guanxi.core.errors import Invalid
from guanxi.customers.customer.models import Customer
from guanxi.records.bulk import Selection, change_many, delete_many
from guanxi.records.changes import history
from guanxi.records.models import Change, ChangeSet
from guanxi.records.shaping import schema, services
from guanxi.records.shaping.models import Configuration, CustomField
from guanxi.records.shaping.transfer import differences, read_configuration, take_in, write_configuration
from guanxi.records.time_machine.undo import find_change_set, undo_change_set
from guanxi.records.time_machine.undo import preview_undo as preview_changes
from guanxi.records.undoing import undo_change
from guanxi.records.writing import change_record, delete_record, restore_record
from tests.records.shaping.conftest import field, settle
from tests.records.shaping.unique import CUSTOMER, customer, stored
from tests.security.matrix import send
from tests.world import HOST, World


def index(name: str) -> str | None:
    """Return the definition of the index that keeps a field of customers unique."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s",
                       [schema.index_of("customers_customer", name)])  # fmt: skip
        row = cursor.fetchone()
    return str(row[0]) if row else None


TAKEN = "Member number “M-1” is taken: “Ann” has it already."


def test_a_value_that_another_record_has_is_refused_with_its_name_and_nothing_changes(member: CustomField) -> None:
    customer("Ann", x_member_number="M-1")
    other = customer("Bea", x_member_number="M-2")
    number = Change.objects.count()
    for write in (lambda: customer("Cid", x_member_number="M-1"),
                  lambda: change_record(other, actor=SYSTEM, x_member_number="M-1")):  # fmt: skip
        with pytest.raises(Invalid) as refused, transaction.atomic():
            write()
        assert refused.value.errors == {"x_member_number": [TAKEN]}
    assert stored() == {"Ann": "M-1", "Bea": "M-2"}
    assert Change.objects.count() == number
    with translation.override("zh-hans"), pytest.raises(Invalid) as refused:
        customer("Cid", x_member_number="M-1")
    assert refused.value.errors == {"x_member_number": ["会员号“M-1”已被“Ann”使用。"]}


def test_empty_values_are_never_the_same_and_a_record_keeps_its_own(member: CustomField) -> None:
    ann, bea = customer("Ann", x_member_number="M-1"), customer("Bea")
    customer("Cid", x_member_number="")
    change_record(ann, actor=SYSTEM, city="Suzhou", x_member_number="M-1")
    change_record(ann, actor=SYSTEM, x_member_number="m-1 ".strip())
    change_record(ann, actor=SYSTEM, x_member_number="")
    change_record(bea, actor=SYSTEM, x_member_number="M-1")
    assert stored() == {"Bea": "M-1"}


@pytest.mark.parametrize(
    ("kind", "one", "same", "other"),
    [
        ("text", "AB-1", "ａｂ－1", "AB-2"), ("text", "Été 1", "éTÉ 1", "Ete 1"),
        ("email", "Mei@Example.com", "mei@example.com", "mei2@example.com"),
        ("phone", "+86 138-0013-8000", "+8613800138000", "+8613800138001"),
        ("url", "https://Example.com/Page/", "https://example.com/Page", "https://example.com/page"),
        ("number", Decimal("12"), Decimal("12.00"), Decimal("12.01")),
        ("date", date(2026, 5, 1), date(2026, 5, 1), date(2026, 5, 2)),
    ],
)  # fmt: skip
def test_what_counts_as_the_same_value(sandbox: World, kind: str, one: Any, same: Any, other: Any) -> None:
    field("customer", kind, "Only", unique=True, decimals="2")
    customer("Ann", x_only=one)
    with pytest.raises(Invalid) as refused:
        customer("Bea", x_only=same)
    assert list(refused.value.errors) == ["x_only"]
    customer("Cid", x_only=other)
    with pytest.raises(IntegrityError), transaction.atomic():
        Customer.objects.filter(name="Cid").update(x_only=same)
    assert dict(Customer.objects.exclude(x_only=None).filter(x_only__in=[one, other]).values_list("name", "x_only")) == {
        "Ann": one, "Cid": other,
    }  # fmt: skip


def test_only_kinds_that_name_something_can_be_unique(sandbox: World) -> None:
    made = field("customer", "boolean", "Only flag", unique=True)
    assert made.options == {}
    page = sandbox.clients["root"].get("/settings/records/customer/fields/new/choice/", **HOST).content.decode()
    assert 'name="unique"' not in page
    page = sandbox.clients["root"].get("/settings/records/customer/fields/new/text/", **HOST).content.decode()
    assert "No two records may have the same value; empty stays allowed." in page


def test_records_in_the_bin_block_nothing_and_come_out_only_while_their_value_is_free(
    sandbox: World, member: CustomField
) -> None:
    ann = customer("Ann", x_member_number="M-1")
    delete_record(ann, actor=SYSTEM)
    bea = customer("Bea", x_member_number="m-1")
    root, path = sandbox.clients["root"], f"/customers/{ann.pk}/restore"
    answer = root.post(path, {}, **HOST)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count("Member number “M-1” is taken: “Bea” has it already.") == 1
    assert "Deleted records can be restored for 30 days." in page
    answer = root.post(path, {}, HTTP_HX_REQUEST="true", **HOST)
    assert (answer.status_code, unquote(answer["X-Problem"])) == (
        422, "Member number “M-1” is taken: “Bea” has it already.",
    )  # fmt: skip
    assert Customer.objects.get(pk=ann.pk).deleted_at is not None
    assert send(sandbox, "root", "POST", f"/api/v1/customers/{ann.pk}/restore").status_code == 422
    change_record(bea, actor=SYSTEM, x_member_number="M-2")
    restore_record(CUSTOMER, ann.pk, actor=SYSTEM)
    assert stored() == {"Ann": "M-1", "Bea": "M-2"}


def test_who_may_not_see_the_other_record_does_not_learn_its_name(sandbox: World, member: CustomField) -> None:
    theirs, mine = sandbox.foreign["customer"], sandbox.own["customer"]
    change_record(Customer.objects.get(pk=theirs), actor=SYSTEM, x_member_number="M-1")
    hidden = {"x_member_number": ["Member number “M-1” is taken: another record has it already."]}
    answer = send(sandbox, "mei", "PATCH", f"/api/v1/customers/{mine}", {"x_member_number": "M-1"})
    assert (answer.status_code, answer.json()["errors"]) == (422, hidden)
    answer = send(sandbox, "mei", "POST", "/api/v1/customers", {"name": "Cid", "x_member_number": "M-1"})
    assert (answer.status_code, answer.json()["errors"]) == (422, hidden)
    name = Customer.objects.get(pk=theirs).name
    answer = send(sandbox, "root", "PATCH", f"/api/v1/customers/{mine}", {"x_member_number": "M-1"})
    assert answer.json()["errors"] == {"x_member_number": [f"Member number “M-1” is taken: “{name}” has it already."]}
    assert Customer.objects.get(pk=mine).x_member_number == ""


def test_the_sentence_stands_at_the_field_in_forms_and_in_place(sandbox: World, member: CustomField) -> None:
    customer("Ann", x_member_number="M-1")
    mine, root = sandbox.own["customer"], sandbox.clients["root"]
    number = Customer.objects.count()
    form = root.post("/customers/new", {"name": "Cid", "x_member_number": "M-1"}, **HOST)
    page = form.content.decode()
    assert (form.status_code, page.count(TAKEN)) == (422, 1)
    assert page.index('name="x_member_number"') < page.index(TAKEN)
    cell = root.post(f"/customers/{mine}/field/x_member_number?cell=1", {"x_member_number": "M-1"},
                     HTTP_HX_REQUEST="true", **HOST)  # fmt: skip
    assert (cell.status_code, TAKEN in cell.content.decode()) == (422, True)
    assert Customer.objects.count() == number
    assert Customer.objects.get(pk=mine).x_member_number == ""


def test_a_bulk_edit_gives_a_unique_value_to_one_record_only(sandbox: World, member: CustomField) -> None:
    ann, bea = customer("Ann", x_member_number="M-1"), customer("Bea", x_member_number="M-2")
    sets = ChangeSet.objects.count()

    def refused(ids: tuple[int, ...], value: str) -> dict[str, list[str]]:
        with pytest.raises(Invalid) as refusal:
            change_many(CUSTOMER, Selection(ids=ids), SYSTEM, "x_member_number", value)
        return refusal.value.errors

    many = "Only one record can have this value in “Member number”, and this would give it to 2. Nothing was changed."
    assert refused((ann.pk, bea.pk), "M-9") == {"x_member_number": [many]}
    assert refused((bea.pk,), "M-1") == {"x_member_number": [TAKEN]}
    assert refused((ann.pk, bea.pk), "M-1") == {"x_member_number": [TAKEN]}
    assert (stored(), ChangeSet.objects.count()) == ({"Ann": "M-1", "Bea": "M-2"}, sets)
    assert change_many(CUSTOMER, Selection(ids=(bea.pk,)), SYSTEM, "x_member_number", "M-3").changed == 1
    assert change_many(CUSTOMER, Selection(ids=(ann.pk, bea.pk)), SYSTEM, "x_member_number", None).changed == 2
    assert stored() == {}


def test_undoing_leaves_what_is_taken_by_now_and_says_so(sandbox: World, member: CustomField) -> None:
    ann, bea = customer("Ann", x_member_number="M-1"), customer("Bea", x_member_number="M-2")
    made = change_many(CUSTOMER, Selection(ids=(ann.pk, bea.pk)), SYSTEM, "x_member_number", None).change_set_id
    customer("Cid", x_member_number="M-1")
    seen = preview_changes(SYSTEM, find_change_set(SYSTEM, made))
    assert ([(item.record_id, item.reason) for item in seen.conflicts], seen.parts[0].restored) == (
        [(ann.pk, "taken")], 1,
    )  # fmt: skip
    page = sandbox.clients["root"].get(f"/changes/{made}", **HOST).content.decode()
    assert "Another record has a value that only one may have" in page
    undo_change_set(SYSTEM, made)
    assert stored() == {"Bea": "M-2", "Cid": "M-1"}
    gone = delete_many(CUSTOMER, Selection(ids=(bea.pk,)), SYSTEM).change_set_id
    dan = customer("Dan", x_member_number="M-2")
    assert undo_change_set(SYSTEM, gone).kept == 1
    assert Customer.objects.get(pk=bea.pk).deleted_at is not None
    change_record(dan, actor=SYSTEM, x_member_number="M-5")
    change_record(Customer.objects.get(name="Cid"), actor=SYSTEM, x_member_number="M-6")
    change = history("customer", dan.pk)[0]
    restore_record(CUSTOMER, bea.pk, actor=SYSTEM)
    with pytest.raises(Invalid) as refused:
        undo_change(CUSTOMER, dan.pk, change.pk, SYSTEM)
    assert refused.value.errors == {"x_member_number": ["Member number “M-2” is taken: “Bea” has it already."]}
    assert stored() == {"Bea": "M-2", "Cid": "M-6", "Dan": "M-5"}


def test_a_field_becomes_unique_only_when_no_records_share_a_value(sandbox: World) -> None:
    item = field("customer", "text", "Badge")
    for name, badge in (("Ann", "A-1"), ("Bea", "a-1"), ("Cid", "B-2"), ("Dan", "B-2"), ("Eva", "B-2"), ("Fay", "C-3")):
        customer(name, x_badge=badge)
    delete_record(customer("Gus", x_badge="C-3"), actor=SYSTEM)
    version = Configuration.objects.get().version
    path = f"/settings/records/customer/fields/{item.pk}/"
    answer = sandbox.clients["root"].post(path, {"label_en": "Badge", "max_length": "255", "unique": "1"}, **HOST)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert ("5 records share their value with another: “B-2” (3), “A-1” (2). Change these first; records in the bin "
            "don&#39;t count.") in page.replace("’", "&#39;")  # fmt: skip
    assert (CustomField.objects.get(pk=item.pk).options, Configuration.objects.get().version) == (item.options, version)
    settle()
    assert (index("x_badge"), CUSTOMER["x_badge"].unique) == (None, False)
    for name in ("Bea", "Dan", "Eva"):
        change_record(Customer.objects.get(name=name), actor=SYSTEM, x_badge=name)
    answer = sandbox.clients["root"].post(path, {"label_en": "Badge", "max_length": "255", "unique": "1"}, **HOST)
    assert answer.status_code == 302
    settle()
    assert CUSTOMER["x_badge"].unique
    assert "UNIQUE" in str(index("x_badge"))
    listed = sandbox.clients["root"].get("/settings/records/customer/", **HOST).content.decode()
    assert listed.count(">unique<") == 1
    changes = sandbox.clients["root"].get("/settings/changes/?type=custom_field", **HOST).content.decode()
    row = " ".join(re.sub(r"<[^>]+>", " ", changes[changes.index("<tbody>") :].split("</tr>")[0]).split())
    assert "Customers › Badge" in row
    assert "Unique no yes" in row


def test_turned_off_records_share_values_again_and_the_index_is_gone(member: CustomField) -> None:
    assert "UNIQUE" in str(index("x_member_number"))
    services.change_field(member, actor=SYSTEM, options={"unique": False})
    settle()
    assert index("x_member_number") is None
    customer("Ann", x_member_number="M-1")
    customer("Bea", x_member_number="M-1")
    assert stored() == {"Ann": "M-1", "Bea": "M-1"}


def test_a_deleted_field_keeps_nothing_unique_and_comes_back_unique_where_it_can(member: CustomField) -> None:
    ann = customer("Ann", x_member_number="M-1")
    delete_record(ann, actor=SYSTEM)
    customer("Bea", x_member_number="M-1")
    services.delete_field(member, actor=SYSTEM)
    settle()
    assert index("x_member_number") is None
    services.restore_field(member, actor=SYSTEM)
    settle()
    assert "UNIQUE" in str(index("x_member_number"))
    services.delete_field(member, actor=SYSTEM)
    settle()
    restore_record(CUSTOMER, ann.pk, actor=SYSTEM)
    services.restore_field(member, actor=SYSTEM)
    settle()
    kept = CustomField.objects.get(pk=member.pk)
    assert ("unique" in kept.options, kept.state, CUSTOMER["x_member_number"].unique) == (False, "live", False)
    assert kept.problem == "Not unique: 2 records share their value with another: “M-1” (2)"
    assert stored() == {"Ann": "M-1", "Bea": "M-1"}
    assert history("custom_field", member.pk)[0].fields["options"][1] == kept.options


def test_the_configuration_takes_it_along_with_a_line_of_its_own(member: CustomField) -> None:
    data = write_configuration()
    services.change_field(member, actor=SYSTEM, options={"unique": False})
    settle()
    (change,) = differences(read_configuration(data))
    assert (change.how, change.what, change.details) == (
        "changed", "field · Customers › Member number", (("unique", "—", "true"),),
    )  # fmt: skip
    ann, bea = customer("Ann", x_member_number="M-1"), customer("Bea", x_member_number="M-1")
    with pytest.raises(Invalid) as refused, transaction.atomic():
        take_in(read_configuration(data), SYSTEM)
    assert refused.value.errors == {"file": [
        "customer › x_member_number: 2 records share their value with another: “M-1” (2). Change these first; records "
        "in the bin don't count."
    ]}  # fmt: skip
    assert "unique" not in CustomField.objects.get(pk=member.pk).options
    change_record(bea, actor=SYSTEM, x_member_number="M-2")
    assert take_in(read_configuration(data), SYSTEM) == 1
    settle()
    assert (differences(read_configuration(data)), CUSTOMER["x_member_number"].unique) == ([], True)
    assert "UNIQUE" in str(index("x_member_number"))
    assert ann.pk != bea.pk


def test_the_description_of_the_api_names_unique_fields(sandbox: World, member: CustomField) -> None:
    document = json.loads(send(sandbox, "root", "GET", "/api/v1/openapi.json").content)
    described = [
        part["properties"]["x_member_number"] for part in document["components"]["schemas"].values()
        if "x_member_number" in part.get("properties", {}) and part["properties"]["x_member_number"].get("type")
    ]  # fmt: skip
    assert described
    assert all(item["x-unique"] is True for item in described)
