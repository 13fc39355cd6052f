"""Every figure of the dashboard is exactly the count and the sum of the rows that it opens, for whoever looks."""

from __future__ import annotations

from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import QueryDict
from django.urls import reverse

from guanxi.core.errors import NotAllowed
from guanxi.customers.customer.models import Customer
from guanxi.customers.customer.record_type import CUSTOMER
from guanxi.customers.score.models import CustomerFigures
from guanxi.identity.actors import access_changed
from guanxi.insights.scoring import services
from guanxi.insights.value import queries
from guanxi.insights.value.customers import moved_page, tail_page
from guanxi.insights.value.page import dashboard
from guanxi.insights.value.rules import REMEDIES, direction, remedy, top_count, waterfall
from guanxi.records import listing
from guanxi.records.screens.state import ListState, Look
from tests.insights.company import AS_OF, Scored

EVERYONE = ("administrator", "analyst", "sales-manager", "salesperson", "read-only")


def opened(company: Scored, role: str, url: str) -> tuple[int, Decimal]:
    """The number of customers in a list and the sum of their values, asked as the list asks."""
    state = ListState.read(QueryDict(urlsplit(url).query))
    look = state.look(Look())
    query = listing.Query(columns=("name",), filter=look.filter)
    found = listing.matching(CUSTOMER, query, company.actor(role)).values_list("pk", flat=True)
    values = CustomerFigures.objects.filter(pk__in=list(found)).values_list("value", flat=True)
    return len(values), sum((value or Decimal(0) for value in values), Decimal(0))


@pytest.mark.parametrize("role", EVERYONE)
@pytest.mark.parametrize("tile", ["ranked", "destroyed", "dormant", "top"])
def test_a_tile_is_the_sum_of_the_list_that_it_opens(company: Scored, role: str, tile: str) -> None:
    page = dashboard(company.actor(role))
    tally = getattr(page, tile)

    assert page.links is not None
    assert (tally.customers, tally.value) == opened(company, role, page.links[tile])


@pytest.mark.parametrize("role", EVERYONE)
def test_tiers_and_heat_cells_are_the_sums_of_their_lists(company: Scored, role: str) -> None:
    page = dashboard(company.actor(role))

    assert page.heat is not None
    cells = [cell for _heading, row in page.heat["rows"] for cell in row if cell["url"]]
    for item in [*(tier for tier in page.tiers if tier["tally"].customers), *cells]:
        tally = item["tally"]
        assert (tally.customers, tally.value) == opened(company, role, item["url"]), item["name"]
    assert sum(tier["tally"].customers for tier in page.tiers) == (page.ranked.customers if page.ranked else 0)


@pytest.mark.parametrize("role", ["analyst", "salesperson"])
def test_a_cell_of_the_migration_matrix_is_the_number_of_customers_behind_it(company: Scored, role: str) -> None:
    actor = company.actor(role)
    assert company.run is not None
    found = queries.moves(actor, company.run)

    assert sum(move.customers for move in found) > 0
    for move in found:
        page = moved_page(actor, move.before, move.after, 1)
        assert (page.count, page.sum, len(page.rows)) == (move.customers, move.value, move.customers)


def test_the_causes_of_the_tail_sum_to_what_it_destroys(company: Scored) -> None:
    actor = company.actor("analyst")
    page = dashboard(actor)

    assert page.destroyed is not None
    assert page.destroyed.customers > 0
    assert company.run is not None
    found = queries.causes(actor, company.run)
    assert round(sum((cause.amount for cause in found), Decimal(0)), 2) == page.destroyed.value
    shown = [cause["amount"] for cause in page.causes if not cause["inside"]]
    assert round(sum(shown, Decimal(0)), 2) == page.destroyed.value


def test_a_cause_opens_its_customers_with_the_same_sum(company: Scored) -> None:
    actor = company.actor("analyst")
    assert company.run is not None
    for cause in queries.causes(actor, company.run):
        page = tail_page(actor, cause.code, cause.kind, "", 1)
        assert (page.count, page.sum) == (cause.customers, cause.amount)


def test_each_losing_customer_has_exactly_one_remedy(company: Scored) -> None:
    actor = company.actor("analyst")
    tallies = queries.remedies(actor)
    losing = queries.visible_figures(actor).filter(value__lt=0)

    assert sum(tally.customers for tally in tallies.values()) == losing.count()
    for row in losing:
        code = remedy(row.margin, row.cost_to_serve or Decimal(0))
        assert [name for name in REMEDIES if row in queries.losing_by_remedy(actor, name)] == [code]


def test_the_curve_ends_at_one_and_peaks_where_value_turns_negative(company: Scored) -> None:
    actor = company.actor("salesperson")
    points = queries.curve(actor)
    values = list(queries.visible_figures(actor).exclude(value=None).values_list("value", flat=True))
    peak = max(points, key=lambda point: point.value)

    assert points[-1].share == 1
    assert peak.position == sum(value > 0 for value in values)
    assert peak.value == sum(value for value in values if value > 0)


def test_what_the_run_kept_for_everyone_is_what_the_database_says(company: Scored) -> None:
    """One customer was deleted before the run, but had figures: with it back, everyone is visible again."""
    Customer.objects.update(deleted_at=None)
    run = services.run_scores(as_of=AS_OF)
    actor = company.actor("analyst")
    ranked = queries.standing(actor).ranked

    assert queries.is_whole(actor, run, ranked)
    counted = {(move.before, move.after): move.customers for move in queries.moves(actor, run)}
    assert {(move.before, move.after): move.customers for move in queries.kept_moves(run)} == counted
    kept = {point.position: round(point.value, 2) for point in queries.kept_curve(run)}
    for point in queries.curve(actor):
        assert abs(kept.get(point.position, point.value) - point.value) < Decimal("0.50")
    assert max(kept) == ranked.customers


def test_the_run_speaks_for_nobody_who_sees_less(company: Scored) -> None:
    assert company.run is not None
    for role in ("salesperson", "analyst"):
        ranked = queries.standing(company.actor(role)).ranked
        assert not queries.is_whole(company.actor(role), company.run, ranked), role


def test_a_salesperson_sees_only_sums_of_the_team_and_is_told(company: Scored) -> None:
    own, everyone = dashboard(company.actor("salesperson")), dashboard(company.actor("analyst"))

    assert (own.is_partial, everyone.is_partial) == (True, False)
    assert own.ranked is not None
    assert everyone.ranked is not None
    assert 0 < own.ranked.customers < everyone.ranked.customers
    html = company.client("salesperson").get(reverse("value.dashboard"), secure=True).content.decode()
    assert "all figures here are about them only" in html


def test_a_deleted_customer_leaves_the_sums_at_once(company: Scored) -> None:
    gone = company.customers[7]

    assert CustomerFigures.objects.filter(pk=gone.pk).exists()
    assert not queries.visible_figures(company.actor("administrator")).filter(pk=gone.pk).exists()


def test_who_may_not_see_customers_has_no_dashboard(company: Scored) -> None:
    with pytest.raises(NotAllowed):
        dashboard(company.actor("nobody"))
    for name in ("value.dashboard", "value.tail", "value.runs", "value.models", "value.progress"):
        assert company.client("nobody").get(reverse(name), secure=True).status_code == 403, name


def test_a_service_agent_who_may_not_see_value_has_no_dashboard(company: Scored) -> None:
    with pytest.raises(NotAllowed):
        dashboard(company.actor("service-agent"))
    for name in ("value.dashboard", "value.tail"):
        assert company.client("service-agent").get(reverse(name), secure=True).status_code == 403, name


def test_costs_hidden_from_a_reader_of_value_stay_hidden(company: Scored) -> None:
    role = company.users["service-agent"].roles.get()
    role.hidden_fields = {"customer": ["margin", "profit", "cost_to_serve"]}
    role.save()
    access_changed()
    page = dashboard(company.actor("service-agent"))
    client = company.client("service-agent")

    assert page.ranked is not None
    assert page.remedies == ()
    assert all(cause["inside"] for cause in page.causes)
    assert client.get(reverse("value.tail") + "?remedy=exit", secure=True).status_code == 403
    assert client.get(reverse("value.tail") + "?cause=cost_to_serve&kind=handling", secure=True).status_code == 403


@pytest.mark.parametrize("query", ["", "?remedy=burn", "?page=0", "?page=x&remedy=exit"])
def test_a_tail_that_does_not_exist_is_not_found(company: Scored, query: str) -> None:
    assert company.client("analyst").get(reverse("value.tail") + query, secure=True).status_code == 404


def test_the_dashboard_links_every_tile(company: Scored) -> None:
    html = company.client("analyst").get(reverse("value.dashboard"), secure=True).content.decode()
    page = dashboard(company.actor("analyst"))

    assert page.links is not None
    for link in page.links.values():
        assert link.replace("&", "&amp;") in html
    assert parse_qs(urlsplit(page.links["destroyed"]).query)["f"] == ["value:lt:0"]


def test_a_fifth_rounds_up() -> None:
    assert [top_count(number) for number in (0, 1, 5, 6, 2789)] == [0, 1, 1, 2, 558]


@pytest.mark.parametrize(
    ("before", "after", "way"),
    [("gold", "platinum", "up"), ("gold", "iron", "down"), ("negative", "lead", "up"), ("iron", "iron", "stayed"),
     ("gold", "absent", "left"), ("absent", "lead", "new")],
)  # fmt: skip
def test_moves_have_a_direction(before: str, after: str, way: str) -> None:
    assert direction(before, after) == way


@pytest.mark.parametrize(
    ("margin", "serving", "first"),
    [("-1", "0", "reprice"), ("50", "100", "migrate"), ("49.99", "100", "exit"), (None, "5", None)],
)
def test_the_first_remedy_follows_margin_and_cost_to_serve(margin: str | None, serving: str, first: str | None) -> None:
    assert remedy(None if margin is None else Decimal(margin), Decimal(serving)) == first


def test_a_waterfall_goes_down_from_revenue_to_profit_and_below_zero() -> None:
    bars = waterfall([Decimal(100), Decimal(-60), Decimal(-90)], 0, 150)

    assert [(bar.x, bar.width, bar.end) for bar in bars] == [
        (50, 100, 150), (90, 60, 90), (0, 90, 0), (0, 50, 0),
    ]  # fmt: skip
    assert (bars[-1].amount, bars[-1].is_total) == (Decimal(-50), True)
