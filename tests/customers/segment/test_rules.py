"""Rules while they are built: trees, places, steps back and forward, truth, and what is wrong with them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guanxi.core.errors import Invalid
from guanxi.customers.segment.draft import open_draft, read_draft
from guanxi.customers.segment.models import Segment, SegmentMember
from guanxi.customers.segment.queries import count_members, explain, members_of_rule, problems
from guanxi.customers.segment.rules import (
    Group,
    from_text,
    histogram,
    node_of,
    root_of,
    to_text,
    tree_of,
    without,
    would_bring_in,
)
from guanxi.customers.segment.services import create_segment, refresh_segment
from guanxi.customers.segment.wording import sentence_of

from .conftest import SmallCompany, is_

LEAVES: list[dict[str, Any]] = [
    is_("tier", "platinum", "gold"), is_("tier", "negative"), {"field": "tier", "op": "not_in", "value": ["iron"]},
    {"field": "value", "op": "gte", "value": "100.00"}, {"field": "value", "op": "lt", "value": "0"},
    {"field": "value", "op": "empty"}, {"field": "city", "op": "contains", "value": "i"},
    {"field": "city", "op": "not_empty"}, {"field": "email", "op": "not_empty"},
    {"has": "orders", "at_least": 1}, {"has": "orders", "at_least": 2}, {"has": "orders", "at_least": 0, "at_most": 1},
    {"has": "orders", "at_least": 1, "where": {"field": "ordered_at", "op": "older_than_days", "value": "90"}},
    {"has": "consents", "at_least": 1, "where": {"field": "is_given", "op": "is", "value": "true"}},
]  # fmt: skip
PARTS = st.recursive(
    st.sampled_from(LEAVES),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
        st.lists(inner, min_size=1, max_size=2).map(lambda parts: {"not": {"any": parts}}),
    ),
    max_leaves=6,
)
TREES = st.lists(PARTS, min_size=1, max_size=3).map(lambda parts: {"all": parts})


@given(TREES)
def test_a_tree_comes_back_from_the_builder_as_it_went_in(tree: dict[str, Any]) -> None:
    root = root_of(tree)

    assert tree_of(root) == tree
    assert tree_of(from_text(to_text(root))) == tree


NEGATED = [{"not": {"any": [leaf]}} for leaf in LEAVES] + [leaf for leaf in LEAVES if leaf.get("op") == "not_in"]


@pytest.mark.parametrize("leaf", LEAVES, ids=str)
def test_what_is_negated_beside_another_condition_keeps_those_who_have_nothing_there(
    small_company: SmallCompany, leaf: dict[str, Any]
) -> None:
    actor = small_company.marketer
    for negated in NEGATED:
        beside = members_of_rule({"all": [{"any": [{"all": [leaf, LEAVES[0]]}, negated]}]}, actor)
        alone = members_of_rule({"all": [negated]}, actor)
        assert set(beside.values_list("pk", flat=True)) >= set(alone.values_list("pk", flat=True)), negated


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=TREES)
def test_reasons_agree_with_membership(small_company: SmallCompany, tree: dict[str, Any]) -> None:
    root, actor = root_of(tree), small_company.marketer
    members = set(members_of_rule(tree, actor).values_list("pk", flat=True))

    for customer in small_company.customers.values():
        found = explain(root, customer.pk, actor)
        assert found is not None
        assert found.is_in == (customer.pk in members)


def test_a_customer_is_told_what_alone_would_bring_them_in(small_company: SmallCompany) -> None:
    root = root_of({"all": [is_("tier", "platinum"), {"any": [is_("city", "Beijing") | {"op": "is", "value": "Beijing"},
                                                             {"has": "orders", "at_least": 2}]}]})  # fmt: skip
    found = explain(root, small_company.customers["Dee"].pk, small_company.marketer)

    assert found is not None
    assert found.truth == {"0": False, "1.0": False, "1.1": True}
    assert would_bring_in(root, found.truth) == ["0"]


def test_reasons_are_not_given_for_customers_that_one_may_not_see(small_company: SmallCompany) -> None:
    root = root_of({"all": [is_("tier", "gold")]})

    assert explain(root, small_company.customers["Dee"].pk, small_company.lin) is None


NO_NUMBER = {"field": "total", "op": "gt", "value": "x"}
WRONG = {
    "no such field": ({"all": [is_("tier", "gold"), {"field": "shoe_size", "op": "eq", "value": "43"}]}, "rule.1"),
    "value missing": ({"all": [{"any": [{"field": "value", "op": "gte", "value": ""}]}]}, "rule.0.0"),
    "no such choice": ({"all": [is_("tier", "diamond")]}, "rule.0"),
    "operator doesn't fit": ({"all": [{"field": "city", "op": "gte", "value": "3"}]}, "rule.0"),
    "empty group": ({"all": [is_("tier", "gold"), {"any": []}]}, "rule.1"),
    "no conditions at all": ({"all": []}, "rule"),
    "no such list": ({"all": [{"has": "yachts"}]}, "rule.0"),
    "wrong inside a list": ({"all": [{"has": "orders", "where": NO_NUMBER}]}, "rule.0.0"),
    "no number": ({"all": [{"has": "orders", "at_least": 0}]}, "rule.0"),
    "no tree": ({"field": "tier"}, "rule"),
    "a lookup of the database": ({"all": [{"field": "owner__password", "op": "contains", "value": "a"}]}, "rule.0"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_rule_is_refused_at_its_place(small_company: SmallCompany, name: str) -> None:
    rule, place = WRONG[name]

    with pytest.raises(Invalid) as refusal:
        create_segment(actor=small_company.marketer, name="Wrong", rule=rule)
    assert list(refusal.value.errors) == [place]
    assert refusal.value.errors[place][0]
    assert not Segment.objects.exists()


def test_rules_deeper_than_the_limit_are_refused(small_company: SmallCompany) -> None:
    rule: dict[str, Any] = is_("tier", "gold")
    for _ in range(12):
        rule = {"all": [rule]}

    with pytest.raises(Invalid, match="too deep"):
        create_segment(actor=small_company.marketer, name="Deep", rule=rule)


def test_hidden_fields_are_refused_even_as_a_count(small_company: SmallCompany) -> None:
    rule = {"all": [{"field": "profit", "op": "gte", "value": "1"}]}

    assert list(problems(root_of(rule), small_company.agent)) == ["0"]
    with pytest.raises(Invalid):
        count_members(rule, small_company.agent)
    assert count_members(rule, small_company.marketer).number == 4


def test_a_rule_whose_owner_no_longer_sees_its_field_counts_nobody_anew(small_company: SmallCompany) -> None:
    segment = create_segment(actor=small_company.marketer, name="Good", rule={"all": [is_("tier", "gold")]})
    refresh_segment(segment.pk)
    Segment.objects.filter(pk=segment.pk).update(
        owner=small_company.agent.user_id, definition={"all": [{"field": "profit", "op": "gte", "value": "1"}]}
    )

    with pytest.raises(Invalid):
        refresh_segment(segment.pk)
    assert SegmentMember.objects.filter(segment=segment, left_at=None).count() == 2


def test_related_lists_that_one_may_not_see_are_refused(small_company: SmallCompany) -> None:
    blind = replace(small_company.lin, grants={"customer": small_company.lin.grants["customer"]})

    assert list(problems(root_of({"all": [{"has": "orders"}]}), blind)) == ["0"]


def test_a_segment_does_not_refer_to_itself(small_company: SmallCompany) -> None:
    segment = create_segment(actor=small_company.marketer, name="Good", rule={"all": [is_("tier", "gold")]})
    root = root_of({"all": [is_("segment", str(segment.pk))]})

    assert list(problems(root, small_company.marketer, segment.pk)) == ["0"]
    assert problems(root, small_company.marketer) == {}


def form(**fields: str | list[str]) -> QueryDict:
    made = QueryDict(mutable=True)
    for name, value in fields.items():
        made.setlist(name, value if isinstance(value, list) else [value])
    return made


def test_a_rule_is_built_step_by_step_and_taken_back(db: None) -> None:
    draft = open_draft({})
    first = form(draft=to_text(draft.root))
    draft = read_draft(first, "field:0:tier")
    typed = form(draft=to_text(draft.root), past=draft.past_text(), **{"c.0.op": "in", "c.0.v0": ["gold", "iron"]})
    draft = read_draft(typed, "exclude:")
    assert tree_of(draft.root) == {
        "all": [is_("tier", "gold", "iron"), {"not": {"any": [{"field": "", "op": "", "value": ""}]}}]
    }
    assert draft.focus == "1.0"

    for expected in ({"all": [is_("tier", "gold", "iron")]}, {"all": [is_("tier")]}):
        again = form(draft=to_text(draft.root), past=draft.past_text(), future=draft.future_text())
        draft = read_draft(again, "undo")
        assert tree_of(draft.root) == expected
    again = form(draft=to_text(draft.root), past=draft.past_text(), future=draft.future_text())
    assert tree_of(read_draft(again, "redo").root) == {"all": [is_("tier", "gold", "iron")]}


def test_what_is_typed_after_undo_forgets_what_was_undone(db: None) -> None:
    draft = read_draft(form(draft=to_text(root_of({"all": [is_("tier", "gold")]}))), "add:")
    draft = read_draft(form(draft=to_text(draft.root), past=draft.past_text()), "undo")
    assert len(draft.future) == 1

    typed = form(draft=to_text(draft.root), future=draft.future_text(), **{"c.0.op": "not_in", "c.0.v0": "gold"})
    draft = read_draft(typed)
    assert draft.future == []
    assert tree_of(draft.root) == {"all": [{"field": "tier", "op": "not_in", "value": ["gold"]}]}


def test_unfinished_parts_are_left_out_of_counting() -> None:
    root = root_of({"all": [is_("tier", "gold"), {"any": [is_("city", "x"), is_("city", "y")]}, {"any": []}]})

    assert tree_of(without(root, {"1.0", "2"})) == {"all": [is_("tier", "gold"), {"any": [is_("city", "y")]}]}
    assert tree_of(without(root, {"1.0", "1.1"})) == {"all": [is_("tier", "gold")]}


def test_anything_else_is_no_tree() -> None:
    for data in (None, 3, [], {"all": 3}, {"not": []}, {"has": "orders", "or": 1}, {"any": [], "all": []}):
        with pytest.raises(ValueError, match="not a filter tree"):
            node_of(data)


SENTENCES = {
    "tiers and a related list": (
        {"all": [is_("tier", "platinum", "gold"),
                 {"has": "orders", "at_least": 2, "where": {"field": "ordered_at", "op": "last_days", "value": "90"}}]},
        "Customers whose value tier is platinum or gold and who have at least 2 orders where ordered is within the last"
        " 90 days",
        "价值层级为铂金或黄金，且至少有 2 个订单（下单时间在最近 90 天内）的客户",
    ),
    "alternatives and exclusions": (
        {"all": [{"field": "city", "op": "is", "value": "上海"},
                 {"any": [{"field": "silence_ratio", "op": "gte", "value": "1.5"},
                          {"field": "last_purchase_at", "op": "older_than_days", "value": "270"}]},
                 {"not": {"any": [is_("tier", "negative"), {"has": "orders", "at_least": 0, "at_most": 0}]}}]},
        "Customers whose city is “上海” and (whose silence against own rhythm is at least 1.5 or whose last purchase is"
        " more than 270 days ago), but not those whose value tier is value-destroying or who have no orders",
        "城市为“上海”，且（沉默时长与自身节奏之比不低于 1.5，或最近购买早于 270 天前）的客户，"
        "排除价值层级为负价值，或没有订单的客户",
    ),
    "only exclusions": (
        {"all": [{"not": {"any": [{"field": "value", "op": "empty"}]}}]},
        "All customers but those whose value, 12 months is empty", None,
    ),
    "any of": (
        {"any": [{"field": "birthday", "op": "period", "value": "this_month"},
                 {"field": "value", "op": "between", "value": ["1000", "2500.5"]}]},
        "Customers whose birthday is dated this month or whose value, 12 months is between 1,000 and 2,500.5", None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SENTENCES)
def test_a_rule_reads_as_one_sentence_in_both_languages(small_company: SmallCompany, name: str) -> None:
    tree, english, chinese = SENTENCES[name]
    root = root_of(tree)

    with translation.override("en"):
        assert sentence_of(root, small_company.marketer) == english
    with translation.override("zh-hans"):
        said = sentence_of(root, small_company.marketer)
    assert said == chinese or (chinese is None and said.endswith("客户") and "whose" not in said)


def test_a_rule_without_conditions_says_nothing(db: None) -> None:
    assert sentence_of(Group(), None) == ""  # type: ignore[arg-type]


def test_a_histogram_counts_every_value_and_finds_the_middle() -> None:
    drawn = histogram([Decimal(number) for number in range(1, 101)])

    assert drawn is not None
    assert (sum(drawn.bars), drawn.median, drawn.low, drawn.high) == (100, Decimal("50.5"), 0.0, 100.0)
    assert drawn.bars == (9, 10, 10, 10, 10, 10, 10, 10, 10, 11)
    assert histogram([Decimal(5), Decimal(5)]) is None
    assert histogram([]) is None
