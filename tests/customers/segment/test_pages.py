"""The builder, the panels and the bulk action as browsers ask for them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from guanxi.customers.segment.models import Segment, SegmentMember
from guanxi.customers.segment.rules import from_text, root_of, to_text, tree_of
from guanxi.customers.segment.services import create_segment, refresh_segment
from guanxi.identity.user.models import User

from .conftest import SmallCompany, is_

HOST = {"secure": True, "HTTP_HOST": "localhost", "HTTP_HX_REQUEST": "true"}
GOLD = {"all": [is_("tier", "gold")]}


@pytest.fixture
def browser(small_company: SmallCompany) -> Any:
    """Return a function that gives the browser of one of the users."""

    def sign_in(name: str) -> Client:
        client = Client()
        client.force_login(User.objects.get(email=f"{name}@example.com"))
        return client

    return sign_in


def post(client: Client, path: str, rule: dict[str, Any] | None = None, **fields: str) -> Any:
    if rule is not None:
        fields["draft"] = to_text(root_of(rule))
    return client.post(path, fields, **HOST)


def test_a_rule_is_saved_as_a_segment(browser: Any, small_company: SmallCompany) -> None:
    response = post(browser("marketer"), "/segments/new", GOLD, name="Golden", do="save")

    segment = Segment.objects.get()
    assert (response.status_code, response["HX-Redirect"]) == (204, f"/segments/{segment.pk}")
    assert (segment.name, segment.kind, segment.definition) == ("Golden", "dynamic", GOLD)
    assert segment.owner_id == small_company.marketer.user_id


def test_a_wrong_rule_is_marked_at_its_condition_and_not_saved(browser: Any) -> None:
    rule = {"all": [is_("tier", "gold"), {"field": "value", "op": "gte", "value": ""}]}
    response = post(browser("marketer"), "/segments/new", rule, name="Wrong", do="save")
    html = response.content.decode()

    assert response.status_code == 422
    assert 'class="rule-row is-invalid" id="row-1"' in html
    assert "Enter a number, for example 1234.50" in html
    assert 'class="rule-row" id="row-0"' in html
    assert not Segment.objects.exists()


def test_a_segment_without_a_name_is_not_saved(browser: Any) -> None:
    response = post(browser("marketer"), "/segments/new", GOLD, name="  ", do="save")

    assert response.status_code == 422
    assert "Enter a name." in response.content.decode()
    assert not Segment.objects.exists()


def test_enter_in_an_input_saves_nothing(browser: Any) -> None:
    response = post(browser("marketer"), "/segments/new", GOLD, name="Golden", do="look")

    assert response.status_code == 200
    assert not Segment.objects.exists()


def test_saving_over_somebody_elses_change_is_a_conflict(browser: Any, small_company: SmallCompany) -> None:
    segment = create_segment(actor=small_company.marketer, name="Golden", rule=GOLD)
    client = browser("marketer")
    first = post(
        client, f"/segments/{segment.pk}/rule", {"all": [is_("tier", "iron")]}, name="Golden", version="1", do="save"
    )
    second = post(
        client, f"/segments/{segment.pk}/rule", {"all": [is_("tier", "lead")]}, name="Golden", version="1", do="save"
    )

    assert (first.status_code, second.status_code) == (204, 409)
    segment.refresh_from_db()
    assert segment.definition == {"all": [is_("tier", "iron")]}


def test_save_as_leaves_the_first_segment_as_it_was(browser: Any, small_company: SmallCompany) -> None:
    segment = create_segment(actor=small_company.marketer, name="Golden", rule=GOLD)
    post(
        browser("marketer"), f"/segments/{segment.pk}/rule", {"all": [is_("tier", "iron")]}, name="Golden", do="save_as"
    )

    assert list(Segment.objects.order_by("pk").values_list("name", "definition")) == [
        ("Golden", GOLD), ("Golden (copy)", {"all": [is_("tier", "iron")]})]  # fmt: skip


def test_the_builder_opens_with_the_rule_and_marks_what_no_longer_holds(
    browser: Any, small_company: SmallCompany
) -> None:
    segment = create_segment(actor=small_company.marketer, name="Golden", rule=GOLD)
    Segment.objects.update(definition={"all": [{"field": "gone", "op": "is", "value": "x"}, is_("tier", "gold")]})
    html = browser("marketer").get(f"/segments/{segment.pk}/rule", **HOST).content.decode()

    assert "There is no field “gone” to filter by." in html
    assert "value tier is gold" in html


def test_an_action_answers_the_rule_and_asks_for_new_figures(browser: Any) -> None:
    response = post(browser("marketer"), "/segments/rule/draft?do=add%3A", GOLD)
    html = response.content.decode()

    assert response["HX-Trigger"] == "rule-changed"
    assert 'id="row-1"' in html
    assert 'id="rule-history" hx-swap-oob="outerMorph"' in html


def test_the_total_counts_what_is_finished_for_this_reader(browser: Any) -> None:
    rule = {"all": [{"field": "value", "op": "not_empty"}, {"field": "", "op": "", "value": ""}]}

    for name, count in (("marketer", "5"), ("lin", "3"), ("ma", "2")):
        html = post(browser(name), "/segments/rule/total", rule).content.decode()
        assert f'id="rule-count">{count}</p>' in html


def test_figures_say_who_is_reachable_and_what_each_part_counts(browser: Any) -> None:
    rule = {"all": [{"field": "value", "op": "not_empty"}, {"not": {"any": [is_("tier", "platinum")]}}]}
    html = post(browser("marketer"), "/segments/rule/figures", rule).content.decode()

    assert "Not reachable: 3" in html  # Bo's mail bounces, Cai and Fu gave no consent, Dee can be reached
    assert (
        'id="n-0" hx-morph-skip hx-swap-oob="true"><i class="v-83" aria-hidden="true"></i><span class="tnum">5</span>'
        in html
    )
    assert 'id="n-1-0" hx-morph-skip hx-swap-oob="true"><span class="tnum">−1</span>' in html
    assert {name for name in ("Ann", "Bo", "Cai", "Dee", "Eli", "Fu") if f">{name}</a>" in html} == {
        "Bo",
        "Cai",
        "Dee",
        "Fu",
    }


def test_a_salesperson_is_shown_and_told_of_own_customers_only(browser: Any, small_company: SmallCompany) -> None:
    rule = {"all": [{"field": "name", "op": "not_empty"}]}
    lin, dee = browser("lin"), small_company.customers["Dee"].pk
    html = post(lin, "/segments/rule/figures", rule).content.decode()

    assert [name for name in ("Dee", "Eli", "Fu") if f">{name}</a>" in html] == []
    assert post(lin, "/segments/rule/why", rule, why=str(dee)).status_code == 404
    assert "Dee" not in post(lin, "/segments/rule/why", rule, why=str(dee)).content.decode()


def test_why_lists_every_condition_with_what_the_customer_has(browser: Any, small_company: SmallCompany) -> None:
    rule = {"all": [is_("tier", "gold"), {"field": "city", "op": "is", "value": "Beijing"}]}
    dee = str(small_company.customers["Dee"].pk)
    html = post(browser("marketer"), "/segments/rule/why", rule, why=dee).content.decode()

    assert "Not in" in html
    assert "Value tier is gold" in html
    assert ">Shanghai</b>" in html
    assert "Would be in if one of these were otherwise: city is “Beijing”" in html


def test_hidden_fields_are_not_offered(browser: Any) -> None:
    page = "/segments/rule/fields?type=customer&at=0"
    seen = browser("marketer").get(page, **HOST).content.decode()
    less = browser("agent").get(page, **HOST)

    assert "field%3A0%3Aprofit" in seen
    assert less.status_code == 403  # service agents have no segments
    assert "field%3A0%3Alist.orders" in seen


def test_selected_customers_go_into_a_fixed_list_and_out_again(browser: Any, small_company: SmallCompany) -> None:
    client, people = browser("lin"), small_company.customers
    ids = f"id={people['Ann'].pk}&id={people['Bo'].pk}&id={people['Dee'].pk}"
    asked = client.get(f"/segments/add?{ids}", **HOST).content.decode()
    assert "2 customers are selected." in asked
    token = asked.split('name="selection" value="')[1].split('"')[0]

    done = post(client, "/segments/add", selection=token, name="To call", way="add")
    segment = Segment.objects.get()
    members = SegmentMember.objects.filter(segment=segment, left_at=None)
    assert "Added 2 customers to “To call”" in json.loads(done["HX-Trigger"])["toast"]["text"]
    assert small_company.names(members.values_list("customer_id", flat=True)) == {"Ann", "Bo"}

    post(client, "/segments/add", selection=token, segment=str(segment.pk), way="remove")
    assert not members.exists()


def test_the_pages_of_segment_and_customer_show_each_other(browser: Any, small_company: SmallCompany) -> None:
    segment = create_segment(actor=small_company.marketer, name="Golden", rule=GOLD)
    refresh_segment(segment.pk)
    client, page = browser("marketer"), {"secure": True, "HTTP_HOST": "localhost"}
    own = client.get(f"/segments/{segment.pk}/around", **page).content.decode()
    dee = client.get(f"/customers/{small_company.customers['Dee'].pk}/around", **page).content.decode()

    assert "Customers whose value tier is gold" in own
    assert f'/customers/?f=segment:in:{segment.pk}">2</a>' in own
    assert f'href="/segments/{segment.pk}"' in dee
    listed = client.get(f"/customers/?f=segment:in:{segment.pk}", **page).content.decode()
    assert "Golden" in listed
    shown = [name for name in small_company.customers if f">{name}<" in listed]
    assert shown == ["Dee", "Fu"]


def test_a_broken_form_is_refused_politely(browser: Any) -> None:
    client = browser("marketer")

    for draft in ("", "[]", "{}", '{"op":"all"}', '{"op":"all","parts":[{"f":"x"}]}', "[" * 50_000):
        assert client.post("/segments/rule/draft", {"draft": draft}, **HOST).status_code == 400
    assert tree_of(from_text('{"op":"all","parts":[]}')) == {"all": []}


def test_the_page_of_a_segment_says_what_its_members_are_worth_and_who_can_be_reached(
    browser: Any, small_company: SmallCompany
) -> None:
    segment = create_segment(actor=small_company.marketer, rule=GOLD, name="Golden")
    refresh_segment(segment.pk)
    page = {"secure": True, "HTTP_HOST": "localhost"}

    card = browser("marketer").get(f"/segments/{segment.pk}/around", **page).content.decode()
    card = card.partition('id="card-panel-segment_figures"')[2].partition("</section>")[0]

    assert "median ¥400" in card  # Dee brings 500, Fu 300
    assert "Not reachable: 1" in card  # Fu gave no consent
