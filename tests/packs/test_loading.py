"""What the demo company holds once it is loaded: segments with members, and the origin of what hangs on customers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.db.models import Model, Sum
from pytest_django.plugin import DjangoDbBlocker

from guanxi.core.actor import SYSTEM
from guanxi.customers.contact_point.models import ContactPoint
from guanxi.customers.cost_to_serve.models import CostToServe
from guanxi.customers.customer.models import Customer
from guanxi.customers.customer.panels import contact_panel
from guanxi.customers.holding.models import Holding
from guanxi.customers.identifier.models import Identifier
from guanxi.customers.segment.models import Segment, SegmentMember
from guanxi.customers.transaction.models import Transaction
from guanxi.identity.role.models import Role
from guanxi.packs.grocery.load import CompanyInUse, load_demo
from guanxi.records.models import Change, ChangeSet

pytestmark = [pytest.mark.full, pytest.mark.usefixtures("db")]


@pytest.fixture(scope="module", autouse=True)
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The demo company in a transaction that is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_demo(lambda done, total, text: None)
        yield
        transaction.set_rollback(True)


def test_it_begins_with_four_segments_of_the_marketer_that_are_counted() -> None:
    found = list(Segment.objects.order_by("name"))
    assert [each.name for each in found] == [
        "Destroying value 亏损客户", "Valuable and silent 高价值但沉寂", "Valuable and unhappy 高价值但不满",
        "Worth a letter 值得写信",
    ]  # fmt: skip
    marketer = Role.objects.get(key="marketer")
    for each in found:
        assert each.owner is not None
        assert list(each.owner.roles.all()) == [marketer]
        members = SegmentMember.objects.filter(segment=each, left_at=None)
        assert each.size == members.count() > 0, each.name


def test_the_segment_of_losses_holds_exactly_the_customers_with_a_loss() -> None:
    segment = Segment.objects.get(name__startswith="Destroying value")
    members = SegmentMember.objects.filter(segment=segment, left_at=None).values_list("customer_id", flat=True)
    losses = Customer.objects.filter(figures__tier="negative").values_list("pk", flat=True)
    assert set(members) == set(losses)
    assert set(Customer.objects.filter(pk__in=losses, figures__profit__gte=0)) == set()


@pytest.mark.parametrize(("model", "type_name"), [(ContactPoint, "contact_point"), (Holding, "holding")])
def test_every_row_about_a_customer_knows_its_source(model: type[Model], type_name: str) -> None:
    known = ChangeSet.objects.filter(source__isnull=False).values("pk")
    created = Change.objects.filter(record_type=type_name, verb="created", change_set_id__in=known)
    assert set(created.values_list("record_id", flat=True)) == set(model._default_manager.values_list("pk", flat=True))


def test_the_card_of_contact_points_names_the_system_that_each_came_from() -> None:
    shop = ChangeSet.objects.get(source__key="online_shop")
    point = Change.objects.filter(record_type="contact_point", change_set_id=shop.pk).earliest("id")
    customer = ContactPoint.objects.get(pk=point.record_id).customer

    assert "Online shop 网上商城" in contact_panel(SYSTEM, customer)
    assert point.fields["value"] == [None, ContactPoint.objects.get(pk=point.record_id).value]


def test_it_is_not_loaded_over_a_company_in_use() -> None:
    with pytest.raises(CompanyInUse):
        load_demo(lambda done, total, text: None)


def test_the_balance_of_every_account_is_the_sum_of_its_transactions() -> None:
    sums = dict(Transaction.objects.values_list("holding").annotate(Sum("amount")))
    balances = dict(Holding.objects.filter(balance__isnull=False).values_list("pk", "balance"))
    assert len(sums) > 2_800
    assert sums == balances
    assert set(Holding.objects.filter(pk__in=sums, kind="membership").values_list("currency", flat=True)) == {"PTS"}
    assert Transaction.objects.filter(change_set_id=None).count() == 0


def test_some_holdings_are_used_or_were_bought_by_another_customer_than_the_owner() -> None:
    used, bought = Holding.objects.exclude(used_by=None), Holding.objects.exclude(bought_by=None)
    assert used.filter(kind="card").count() > 50
    assert used.filter(kind="account").count() > 280
    assert bought.count() > 5
    assert not any(holding.customer_id in (holding.used_by_id, holding.bought_by_id) for holding in used | bought)


def test_texts_are_words_and_not_codes() -> None:
    texts = {
        *Customer.objects.values_list("acquired_through", flat=True).distinct(),
        *Identifier.objects.values_list("issuer", flat=True).distinct(),
        *CostToServe.objects.values_list("detail", flat=True).distinct(),
        *Holding.objects.values_list("purchase_channel", flat=True).distinct(),
    } - {""}
    assert {"Online shop 网上商城", "Loyalty card 会员卡", "Tax office 税务局", "App delivery 应用配送"} <= texts
    assert [text for text in texts if "_" in text or text.isascii()] == []
