"""Who is in a segment, who entered and left, and who may know."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from guanxi.core.actor import Scope
from guanxi.core.errors import Invalid, NotAllowed, NotFound
from guanxi.customers.customer.models import Customer
from guanxi.customers.score.models import CustomerFigures
from guanxi.customers.segment.models import Segment, SegmentMember, SegmentSize
from guanxi.customers.segment.queries import count_members, members_of_rule, segments_of
from guanxi.customers.segment.services import (
    Refreshed,
    add_members,
    change_rule,
    create_segment,
    refresh_segment,
    remove_members,
)
from guanxi.customers.segment.tasks import refresh_segments
from guanxi.records.access import visible_to
from guanxi.records.changes import history
from guanxi.records.listing import Query, matching
from guanxi.records.registry import record_type

from .conftest import SmallCompany, is_

GOOD = {"field": "value", "op": "gte", "value": "300"}
RULES = {
    "one condition": (GOOD, {"Ann", "Dee", "Fu"}),
    "all of": ({"all": [GOOD, {"field": "city", "op": "is", "value": "Shanghai"}]}, {"Ann", "Dee"}),
    "any of": ({"any": [is_("tier", "negative"), {"field": "city", "op": "is", "value": "beijing"}]},
               {"Bo", "Cai", "Eli"}),
    "but not": ({"all": [GOOD, {"not": {"any": [is_("tier", "platinum")]}}]}, {"Dee", "Fu"}),
    "unknown values stay outside what is negated": ({"all": [{"not": GOOD}]}, {"Bo", "Cai", "Eli"}),
    "related list": ({"has": "orders"}, {"Ann", "Bo", "Dee", "Fu"}),
    "two of a related list": ({"has": "orders", "at_least": 2,
                               "where": {"field": "ordered_at", "op": "last_days", "value": "60"}}, {"Ann", "Dee"}),
    "none of a related list": ({"has": "orders", "at_least": 0, "at_most": 0,
                                "where": {"field": "ordered_at", "op": "last_days", "value": "60"}},
                               {"Bo", "Cai", "Eli", "Fu"}),
    "at most two": ({"has": "orders", "at_least": 0, "at_most": 2}, {"Bo", "Cai", "Dee", "Eli", "Fu"}),
    "not two": ({"not": {"any": [{"has": "orders", "at_least": 2}]}}, {"Bo", "Cai", "Eli", "Fu"}),
    "consent": ({"has": "consents", "where": {"all": [is_("channel", "email"),
                                                     {"field": "is_given", "op": "is", "value": "true"}]}},
                {"Ann", "Bo", "Dee", "Eli"}),
}  # fmt: skip


@pytest.mark.parametrize("name", RULES)
def test_a_rule_means_exactly_these_customers(small_company: SmallCompany, name: str) -> None:
    rule, expected = RULES[name]
    segment = create_segment(actor=small_company.marketer, name=name, rule=rule)
    found = refresh_segment(segment.pk)

    members = SegmentMember.objects.filter(segment=segment, left_at=None).values_list("customer_id", flat=True)
    assert small_company.names(members) == expected
    assert found == Refreshed(len(expected), len(expected), 0)


def test_a_refresh_writes_down_who_entered_and_left_and_when(small_company: SmallCompany) -> None:
    segment = create_segment(actor=small_company.marketer, name="Good", rule=GOOD)
    refresh_segment(segment.pk)
    CustomerFigures.objects.filter(customer__name="Ann").update(value=Decimal("10.00"))
    CustomerFigures.objects.filter(customer__name="Bo").update(value=Decimal("301.00"))

    assert refresh_segment(segment.pk) == Refreshed(size=3, entered=1, left=1)

    stays = {row.customer_id: row for row in SegmentMember.objects.filter(segment=segment)}
    customers, first = small_company.customers, SegmentSize.objects.filter(segment=segment).earliest("at")
    assert stays[customers["Ann"].pk].left_at is not None
    assert stays[customers["Bo"].pk].entered_at == stays[customers["Ann"].pk].left_at
    assert stays[customers["Dee"].pk].entered_at == first.at
    assert list(SegmentSize.objects.filter(segment=segment).order_by("at").values_list("size", "entered", "left")) == [
        (3, 3, 0), (3, 1, 1)]  # fmt: skip
    segment.refresh_from_db()
    assert segment.size == 3


def test_somebody_who_comes_back_has_two_stays(small_company: SmallCompany) -> None:
    segment = create_segment(actor=small_company.marketer, name="Good", rule=GOOD)
    for value in ("900", "1", "900"):
        CustomerFigures.objects.filter(customer__name="Ann").update(value=Decimal(value))
        refresh_segment(segment.pk)

    stays = SegmentMember.objects.filter(segment=segment, customer__name="Ann").order_by("entered_at")
    assert [row.left_at is None for row in stays] == [False, True]


def test_a_refresh_without_a_difference_touches_no_stay(small_company: SmallCompany) -> None:
    segment = create_segment(actor=small_company.marketer, name="Good", rule=GOOD)
    refresh_segment(segment.pk)
    before = list(SegmentMember.objects.order_by("pk").values())

    assert refresh_segment(segment.pk) == Refreshed(3, 0, 0)
    assert list(SegmentMember.objects.order_by("pk").values()) == before


def test_a_salespersons_segment_holds_and_counts_own_customers_only(small_company: SmallCompany) -> None:
    segment = create_segment(
        actor=small_company.lin, name="Everyone with a value", rule={"not": {"field": "value", "op": "empty"}}
    )

    assert refresh_segment(segment.pk) == Refreshed(3, 3, 0)
    assert count_members(segment.definition, small_company.lin).number == 3
    assert count_members(segment.definition, small_company.marketer).number == 5


def test_a_segment_is_counted_with_the_rights_of_its_new_owner(small_company: SmallCompany) -> None:
    segment = create_segment(actor=small_company.marketer, name="Good", rule=GOOD)
    refresh_segment(segment.pk)
    Segment.objects.filter(pk=segment.pk).update(owner=small_company.ma.user_id)

    assert refresh_segment(segment.pk) == Refreshed(size=2, entered=0, left=1)


def test_a_rule_that_runs_with_anothers_rights_is_not_written_by_who_sees_less(small_company: SmallCompany) -> None:
    segment = create_segment(actor=small_company.marketer, name="Good", rule=GOOD)
    lin = small_company.lin
    wide = {**lin.grants, "segment": {"view": Scope.ALL, "edit": Scope.ALL}}

    with pytest.raises(NotAllowed):
        change_rule(segment, actor=replace(lin, grants=wide), rule=is_("tier", "gold"))
    segment.refresh_from_db()
    assert segment.definition == {"all": [GOOD]}


def test_a_segment_that_one_may_not_see_is_neither_changed_nor_used(small_company: SmallCompany) -> None:
    segment = create_segment(actor=small_company.marketer, name="Good", rule=GOOD)
    refresh_segment(segment.pk)

    with pytest.raises(NotFound):
        change_rule(segment, actor=small_company.lin, rule=GOOD)
    with pytest.raises(Invalid, match="may not see it"):
        members_of_rule(is_("segment", str(segment.pk)), small_company.lin)
    assert segments_of(small_company.customers["Ann"].pk, small_company.lin) == []


def test_a_segment_is_a_filter_of_customers(small_company: SmallCompany) -> None:
    segment = create_segment(actor=small_company.marketer, name="Good", rule=GOOD)
    refresh_segment(segment.pk)
    customer = record_type("customer")
    number = str(segment.pk)

    def found(rule: dict[str, object]) -> set[str]:
        rows = matching(customer, Query((), rule), small_company.marketer)
        return small_company.names(rows.values_list("pk", flat=True))

    assert found(is_("segment", number)) == {"Ann", "Dee", "Fu"}
    assert found({"field": "segment", "op": "not_in", "value": [number]}) == {"Bo", "Cai", "Eli"}
    assert found({"field": "segment", "op": "empty"}) == {"Bo", "Cai", "Eli"}
    assert found({"all": [is_("segment", number), is_("tier", "gold")]}) == {"Dee", "Fu"}


def test_segments_built_on_others_are_counted_after_them(small_company: SmallCompany) -> None:
    outer = create_segment(actor=small_company.marketer, name="Outer", rule=GOOD)
    inner = create_segment(actor=small_company.marketer, name="Inner", rule=is_("tier", "gold"))
    change_rule(outer, actor=small_company.marketer, rule=is_("segment", str(inner.pk)))

    assert refresh_segments() == 2
    members = SegmentMember.objects.filter(segment=outer, left_at=None).values_list("customer_id", flat=True)
    assert small_company.names(members) == {"Dee", "Fu"}


def test_a_deleted_customer_leaves_at_the_next_count(small_company: SmallCompany) -> None:
    segment = create_segment(actor=small_company.marketer, name="Good", rule=GOOD)
    refresh_segment(segment.pk)
    Customer.objects.filter(name="Dee").update(deleted_at=segment.created_at + timedelta(seconds=1))

    assert refresh_segment(segment.pk) == Refreshed(2, 0, 1)


def test_a_fixed_list_takes_in_and_lets_go(small_company: SmallCompany) -> None:
    lin = small_company.lin
    segment = create_segment(actor=lin, name="To call")
    own = visible_to(lin, record_type("customer"))

    assert add_members(segment, own.filter(name__in=["Ann", "Bo", "Dee"]), actor=lin) == Refreshed(2, 2, 0)
    assert add_members(segment, own, actor=lin) == Refreshed(3, 1, 0)
    assert remove_members(segment, own.filter(name="Bo"), actor=lin) == Refreshed(2, 0, 1)
    assert refresh_segment(segment.pk) is None
    assert [item.name for item in segments_of(small_company.customers["Ann"].pk, lin)] == ["To call"]
    assert segments_of(small_company.customers["Bo"].pk, lin) == []


def test_a_segment_with_a_rule_takes_nobody_in_by_hand(small_company: SmallCompany) -> None:
    segment = create_segment(actor=small_company.lin, name="Good", rule=GOOD)

    with pytest.raises(Invalid):
        add_members(segment, visible_to(small_company.lin, record_type("customer")), actor=small_company.lin)
    assert not SegmentMember.objects.filter(segment=segment).exists()


def test_a_segment_whose_owner_is_gone_keeps_its_members(small_company: SmallCompany) -> None:
    segment = create_segment(actor=small_company.lin, name="Good", rule=GOOD)
    refresh_segment(segment.pk)
    type(segment).objects.filter(pk=segment.pk).update(owner=None)

    assert refresh_segments() == 0
    assert SegmentMember.objects.filter(segment=segment, left_at=None).count() == 1


def test_a_change_of_the_rule_stands_in_the_history(small_company: SmallCompany) -> None:
    segment = create_segment(actor=small_company.marketer, name="Good", rule=GOOD)
    change_rule(segment, actor=small_company.marketer, rule=is_("tier", "gold"), version=1)

    change = history("segment", segment.pk)[0]
    assert change.fields["definition"] == [{"all": [GOOD]}, {"all": [is_("tier", "gold")]}]
