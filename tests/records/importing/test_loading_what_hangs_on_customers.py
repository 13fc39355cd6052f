"""Files of what hangs on customers: how a row names its customer, which rows are refused, what an undo takes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from guanxi.core.actor import SYSTEM, Actor, Scope
from guanxi.customers.consent.models import Consent
from guanxi.customers.contact_point.models import ContactPoint
from guanxi.customers.cost_to_serve.models import CostToServe
from guanxi.customers.customer.models import Customer
from guanxi.customers.holding.models import Holding
from guanxi.customers.identifier.models import Identifier
from guanxi.customers.identifier.rules import digest_of
from guanxi.customers.interaction.models import Interaction
from guanxi.customers.relationship.models import Relationship
from guanxi.records.importing.plan import plans
from guanxi.records.importing.refusals import explain_code
from guanxi.records.importing.rejects import rejects_of
from guanxi.records.importing.run import ImportResult, undo_import
from guanxi.records.models import Change, ExternalKey
from guanxi.records.registry import record_types
from guanxi.work.note.models import Note
from tests.records.importing.conftest import VERBS, Load, job_of, rows, user_with

pytestmark = pytest.mark.django_db

CUSTOMERS = (
    "customer id,name,e-mail,mobile,membership number\n"
    "K1,刘莉,Liu@Example.cn,139 0177 4826,M-100\n"
    "K2,刘莉,,138 0013 8000,\n"
    "K3,Anna Smith,anna@example.com,,\n"
)
INTERACTIONS = (
    "customer id,occurred at,channel,subject,staff\n"
    "K1,2026-03-01 09:30,phone,Asked for a price,\n"
    "K2,2026-03-02 10:00,email,Asked for a price,\n"
    "K9,2026-03-03 10:00,email,Nobody,\n"
    "K3,soon,visit,Showed the store,\n"
    ",2026-03-05 10:00,visit,Without a customer,\n"
    "刘莉,2026-03-06 10:00,visit,Two have this name,\n"
)


@pytest.fixture
def customers(load: Load) -> dict[str, Customer]:
    """Three customers from the system “shop” by their id there; two have the same name."""
    load(CUSTOMERS, "customer")
    keys = ExternalKey.objects.filter(record_type="customer").values_list("external_id", "record_id")
    return {external: Customer.objects.get(pk=number) for external, number in keys}


def refusals(result: ImportResult, language: str = "en") -> list[tuple[int, str, str]]:
    """Row of the file, column and sentence of each refused row."""
    with translation.override(language):
        found = rejects_of(job_of(result))
        return [(each.row_number, each.column, explain_code(each.code, each.params)) for each in found]


WAYS = (
    "its ID in the source system, its number here as #123, an e-mail address, a phone number, the number of an"
    " identifier, or a name that only one has"
)
WAYS_ZH = "它在来源系统中的编号、它在本系统中的编号（如 #123）、邮箱地址、电话号码、证件号码或唯一的名称"


def test_interactions_find_their_customers_by_their_ids_and_bad_rows_are_refused(
    load: Load, customers: dict[str, Customer]
) -> None:
    result = load(INTERACTIONS, "interaction")
    assert rows(result) == {"created": 2, "errors": 4}
    assert result.unmapped == ()
    kept = Interaction.objects.order_by("occurred_at").values_list("customer_id", "channel", "subject", "occurred_at")
    assert [item[:3] for item in kept] == [
        (customers["K1"].pk, "phone", "Asked for a price"), (customers["K2"].pk, "email", "Asked for a price"),
    ]  # fmt: skip
    assert refusals(result) == [
        (4, "customer id", f"There is no customer “K9”, or you may not see it. What works: {WAYS}."),
        (5, "occurred at", "“soon” isn't a date and time. Use YYYY-MM-DD HH:MM, for example 2026-11-21 14:05."),
        (6, "customer id", "A new interaction needs this value."),
        (7, "customer id", f"Several records may be meant by “刘莉” (customer). What works: {WAYS}."),
    ]


def test_the_same_interactions_again_change_nothing_and_an_undo_takes_them_back(
    load: Load, customers: dict[str, Customer]
) -> None:
    first = load(INTERACTIONS, "interaction")
    assert rows(load(INTERACTIONS, "interaction")) == {"unchanged": 2, "errors": 4}
    undone = undo_import(first.job_id)
    assert (undone.deleted, undone.restored, undone.kept) == (2, 0, 0)
    assert Interaction.objects.filter(deleted_at=None).count() == 0
    assert Customer.objects.filter(deleted_at=None).count() == 3
    assert rows(load(INTERACTIONS, "interaction")) == {"created": 2, "errors": 4}


def test_costs_to_serve_with_ids_of_customers_keep_every_row_of_its_own(
    load: Load, customers: dict[str, Customer]
) -> None:
    text = (
        "客户编号,类型,明细,次数,单次成本,金额,发生时间\n"
        "K1,退货,迟到,2,30,60.00,2026-02-01 08:00\n"
        "K1,退货,破损,1,30,30.50,2026-02-01 08:00\n"
        "K2,nothing,,1,1,1,\n"
        "K3,退货,,1,1,much,\n"
    )
    result = load(text, "cost_to_serve")
    assert rows(result) == {"created": 2, "errors": 2}
    assert sorted(CostToServe.objects.values_list("customer_id", "amount", "detail")) == sorted(
        [(customers["K1"].pk, Decimal("60.00"), "迟到"), (customers["K1"].pk, Decimal("30.50"), "破损")]
    )
    assert [each.code for each in rejects_of(job_of(result))] == ["unknown_choice", "bad_money"]
    assert undo_import(result.job_id).deleted == 2


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("K1", "K1"), ("#{K2}", "K2"), ("liu@example.CN", "K1"), ("13800138000", "K2"), ("+86 138-0013-8000", "K2"),
        ("m-100", "K1"), ("Anna Smith", "K3"), ("anna smith", "K3"), ("k1", ""), ("刘莉", ""), ("#0", ""),
        ("#99999999999999999999", ""), ("nobody@example.com", ""), ("M-101", ""),
    ],
)  # fmt: skip
def test_a_customer_is_found_by_what_people_call_it(
    load: Load, customers: dict[str, Customer], cell: str, found: str
) -> None:
    named = cell.format(**{key: item.pk for key, item in customers.items()})
    result = load(f"customer,note\n{named},Called\n", "note")
    assert rows(result) == ({"created": 1} if found else {"errors": 1})
    assert list(Note.objects.values_list("customer_id", flat=True)) == ([customers[found].pk] if found else [])


def test_an_id_of_another_source_system_finds_nobody(load: Load, customers: dict[str, Customer]) -> None:
    assert rows(load("customer,note\nK1,Called\n", "note", source="other")) == {"errors": 1}


def test_the_id_in_the_source_system_comes_before_a_name_and_a_phone_number(
    load: Load, customers: dict[str, Customer]
) -> None:
    load("customer id,name\n13800138000,Zoe\nAnna Smith,Yan\n", "customer")
    load("customer,note\n13800138000,one\nAnna Smith,two\n", "note")
    assert sorted(Note.objects.values_list("body", "customer__name")) == [("one", "Zoe"), ("two", "Yan")]


def test_two_customers_with_one_phone_number_are_refused_by_it(load: Load, customers: dict[str, Customer]) -> None:
    load("customer id,name,mobile\nK4,Ben,138 0013 8000\n", "customer")
    result = load("customer,note\n13800138000,Called\n", "note")
    assert [each.code for each in rejects_of(job_of(result))] == ["ambiguous_reference"]
    assert refusals(result, "zh-hans") == [(2, "customer", f"“13800138000”（客户）可能指多条记录。可用：{WAYS_ZH}。")]
    assert Note.objects.count() == 0


@pytest.fixture
def acts(monkeypatch: pytest.MonkeyPatch) -> Callable[[Actor], Actor]:
    """Have imports run with exactly the rights of an actor."""

    def use(actor: Actor) -> Actor:
        monkeypatch.setattr("guanxi.records.importing.running.acting", lambda _user_id: actor)
        return actor

    return use


def _rep(hidden: frozenset[str] = frozenset()) -> Actor:
    types = ("customer", "note", "contact_point")
    return user_with(dict.fromkeys(VERBS, Scope.OWN), types, hidden={"customer": hidden})


def test_only_customers_that_the_actor_sees_are_found_in_any_way(
    load: Load, customers: dict[str, Customer], acts: Callable[[Actor], Actor]
) -> None:
    rep = acts(_rep())
    Customer.objects.filter(pk=customers["K2"].pk).update(owner_id=rep.user_id)
    text = f"customer,note\nK1,a\n#{customers['K1'].pk},b\nliu@example.cn,c\n13901774826,d\n刘莉,e\nK2,f\n"
    result = load(text, "note", actor=rep)
    # Of two with the name, one is visible: that one is meant.
    assert rows(result) == {"created": 2, "errors": 4}
    assert sorted(Note.objects.values_list("body", "customer_id")) == [
        ("e", customers["K2"].pk),
        ("f", customers["K2"].pk),
    ]


def test_ways_that_a_role_hides_neither_work_nor_are_named(
    load: Load, customers: dict[str, Customer], acts: Callable[[Actor], Actor]
) -> None:
    rep = acts(_rep(frozenset({"email", "phone"})))
    Customer.objects.update(owner_id=rep.user_id)
    result = load("customer,note\nliu@example.cn,a\n13901774826,b\nM-100,c\n", "note", actor=rep)
    assert [each.code for each in rejects_of(job_of(result))] == ["unknown_reference"] * 3
    assert refusals(result)[0][2] == (
        "There is no customer “liu@example.cn”, or you may not see it. What works: its ID in the source system, its"
        " number here as #123, or a name that only one has."
    )


def test_a_note_is_refused_at_a_customer_below_which_the_actor_sees_no_notes(
    load: Load, customers: dict[str, Customer], acts: Callable[[Actor], Actor]
) -> None:
    rep = user_with(dict.fromkeys(VERBS, Scope.OWN), ("note",))
    wide = acts(replace(rep, grants={**rep.grants, "customer": {"view": Scope.ALL}}))
    Customer.objects.filter(pk=customers["K2"].pk).update(owner_id=rep.user_id)
    result = load("customer,note\nK1,a\nK2,b\n", "note", actor=wide)
    assert rows(result) == {"created": 1, "errors": 1}
    assert [(each.row_number, each.code) for each in rejects_of(job_of(result))] == [(2, "out_of_reach")]


@pytest.mark.parametrize(
    ("plan", "text", "reason"),
    [
        ("relationship", "customer,kind,other\nK1,friend,K1\nK1,{kind},K1\n", "A relationship needs two different customers."),
        ("relationship", "customer,kind,other,strength\nK1,friend,K2,x\nK1,{kind},K2,9\n", "Strength runs from 1 to 5."),
        ("contact_point", "customer,kind,value\nK1,x,x\nK1,email,nowhere\n",
         "This isn't an e-mail address. An example: mei@example.com"),
        ("contact_point", "customer,kind,value\nK1,x,x\nK1,email,LIU@example.cn\n", "There is such a record already."),
        ("identifier", "customer,kind,value\nK1,x,x\nK2,membership,m-100\n", "There is such a record already."),
    ],
)  # fmt: skip
@pytest.mark.parametrize("is_dry", [True, False])
def test_what_the_table_would_refuse_is_refused_row_by_row(
    load: Load, customers: dict[str, Customer], plan: str, text: str, reason: str, is_dry: bool
) -> None:
    before = _standing()
    result = load(text.format(kind=Relationship.Kind.values[0]), plan, dry_run=is_dry)
    assert rows(result) == {"errors": 2}
    told = (
        [each["params"] for each in result.rejects] if is_dry else [each.params for each in rejects_of(job_of(result))]
    )
    assert told[-1]["sentence"] == reason
    assert _standing() == before


def _standing() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Relationship, ContactPoint, Identifier, ExternalKey))


def test_a_number_that_two_rows_claim_goes_to_the_first_in_a_rehearsal_of_many_batches_too(
    load: Load, customers: dict[str, Customer]
) -> None:
    text = "id,number,customer\na,H-1,K1\nb,H-2,K2\nc,H-1,K3\n"
    assert rows(load(text, "holding", dry_run=True, batch=1)) == {"created": 2, "errors": 1}
    assert rows(load(text, "holding", batch=1)) == {"created": 2, "errors": 1}
    assert sorted(Holding.objects.values_list("number", "customer_id")) == [
        ("H-1", customers["K1"].pk), ("H-2", customers["K2"].pk),
    ]  # fmt: skip


def test_the_number_of_a_passport_is_masked_and_found_by_its_digest(load: Load, customers: dict[str, Customer]) -> None:
    text = "customer,kind,value\nK1,passport,E12345678\nK2,tax,T-77\n"
    result = load(text, "identifier")
    assert rows(result) == {"created": 2}
    passport = Identifier.objects.get(kind="passport")
    assert (passport.value, passport.digest) == ("E12••••78", digest_of("E12345678"))
    assert Identifier.objects.get(kind="tax").value == "T-77"
    history = Change.objects.get(record_type="identifier", record_id=passport.pk)
    assert history.fields["value"] == [None, "E12••••78"]
    assert rows(load(text, "identifier")) == {"unchanged": 2}
    assert rows(load("customer,note\nE12345678,Called\n", "note")) == {"created": 1}
    assert Note.objects.get().customer_id == customers["K1"].pk


def test_a_consent_that_comes_again_with_another_answer_is_changed(load: Load, customers: dict[str, Customer]) -> None:
    text = "customer,purpose,channel,is given,recorded at\nK1,offers,email,yes,2026-01-01 10:00Z\n"
    assert rows(load(text, "consent")) == {"created": 1}
    assert rows(load(text.replace("yes,2026-01", "no,2026-02"), "consent")) == {"updated": 1}
    assert Consent.objects.values_list("is_given", "recorded_at").get() == (False, datetime(2026, 2, 1, 10, tzinfo=UTC))


def test_every_type_whose_list_offers_an_import_has_a_plan() -> None:
    offered = {plan.name for plan in plans()}
    assert {item.name for item in record_types() if item.importable} <= offered
    assert {
        "holding",
        "interaction",
        "relationship",
        "identifier",
        "consent",
        "contact_point",
        "note",
        "task",
    } <= offered
    assert SYSTEM.may("import", "interaction")
