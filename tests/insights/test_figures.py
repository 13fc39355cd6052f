"""Every derived figure opens its rows, and the rows give the figure."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from guanxi.core.errors import NotAllowed, NotFound
from guanxi.customers.customer.record_type import CUSTOMER, FIGURES
from guanxi.customers.order.models import OrderLine
from guanxi.customers.score.models import CustomerFigures
from guanxi.insights.figures import rules
from guanxi.insights.figures.page import figure_page
from guanxi.insights.figures.queries import rows_of
from guanxi.insights.figures.tracing import trace
from tests.insights.company import Scored


def test_every_derived_field_of_a_customer_can_be_traced() -> None:
    assert {item.figure for item in FIGURES} == set(rules.FIGURES)


@pytest.mark.parametrize("figure", sorted(rules.FIGURES))
def test_the_rows_behind_a_figure_give_that_figure(company: Scored, figure: str) -> None:
    different = {
        row.customer.name: (traced.shown, traced.again)
        for row in company.figures()
        if not (traced := trace(figure, row)).is_unchanged
    }

    assert different == {}


@pytest.mark.parametrize("figure", ["value", "revenue", "profit", "margin", "cost_to_serve", "monetary"])
def test_the_listed_rows_sum_to_the_parts(company: Scored, figure: str) -> None:
    """Every page of rows together, counted by hand."""
    for row in company.figures():
        traced = trace(figure, row)
        for leaf in traced.leaves:
            pages = [rows_of(traced.run, leaf, number) for number in (1, 2, 3)]
            rows = [each for page in pages for each in page.rows]
            column = "cost" if leaf.figure in ("cost", "cost_to_serve") else "amount"

            assert len(rows) == pages[0].count
            assert sum((each[column] or Decimal(0) for each in rows), Decimal(0)) == traced.values[leaf.figure]


def test_revenue_minus_costs_is_profit_for_every_customer(company: Scored) -> None:
    for row in company.figures():
        if row.value is None:
            continue
        parts = trace("value", row).values

        whole = parts["net_revenue"] - parts["cost"] - parts["estimated_cost"] - parts["cost_to_serve"]
        assert round(whole, 2) == row.value


def test_a_figure_says_so_when_facts_changed_after_the_run(company: Scored) -> None:
    row = next(item for item in company.figures() if item.revenue and trace("revenue", item).leaves)
    before = trace("revenue", row)
    line = OrderLine.objects.get(pk=rows_of(before.run, before.leaves[0], 1).rows[0]["line_id"])
    OrderLine.objects.filter(pk=line.pk).update(amount=line.amount + Decimal("10.00"))

    page = figure_page(company.actor("analyst"), "revenue", row.pk, {})

    rate = rows_of(before.run, before.leaves[0], 1).rows[0]["amount"] / (line.amount + 10)
    assert (page.shown, page.is_unchanged) == (row.revenue, False)
    assert page.again == round(row.revenue + 10 * rate, 2)
    html = company.client("analyst").get(reverse("figure.rows", args=("revenue", row.pk)), secure=True).content.decode()
    assert "Facts have changed since the run." in html


def test_a_figure_of_an_invisible_customer_is_not_found(company: Scored) -> None:
    foreign = next(row for row in company.figures() if row.customer.owner_id == company.users["colleague"].pk)

    with pytest.raises(NotFound):
        figure_page(company.actor("salesperson"), "value", foreign.pk, {})
    answer = company.client("salesperson").get(reverse("figure.rows", args=("value", foreign.pk)), secure=True)
    assert answer.status_code == 404


def test_a_deleted_customer_has_no_figures_to_show(company: Scored) -> None:
    with pytest.raises(NotFound):
        figure_page(company.actor("administrator"), "value", company.customers[7].pk, {})


def test_a_hidden_field_has_no_page(company: Scored) -> None:
    row = company.figures()[0]
    agent = company.actor("service-agent")

    for figure in ("margin", "profit", "cost_to_serve", "value", "value_rank"):
        with pytest.raises(NotAllowed):
            figure_page(agent, figure, row.pk, {})


def test_parts_that_give_a_hidden_figure_away_are_not_shown(company: Scored) -> None:
    """Value is made of margin and cost to serve, which this reader may not see."""
    row = next(item for item in company.figures() if item.value is not None)
    hidden = {"customer": frozenset({"margin", "profit", "cost_to_serve"})}

    page = figure_page(replace(company.actor("service-agent"), hidden=hidden), "value", row.pk, {})

    assert (page.parts, page.leaves) == ((), ())
    assert page.hidden
    assert {reason.code for reason in page.reasons} <= {"revenue", "returns"}


def test_order_lines_of_a_figure_hide_costs_from_those_who_may_not_see_them(company: Scored) -> None:
    row = next(item for item in company.figures() if item.revenue)
    url = reverse("figure.rows", args=("revenue", row.pk))

    seen = company.client("analyst").get(url, secure=True).content.decode()
    hidden = company.client("service-agent").get(url, secure=True).content.decode()

    assert ">Cost</th>" in seen
    assert ">Cost</th>" not in hidden


def test_every_figure_has_a_page_in_both_languages(company: Scored) -> None:
    row = next(item for item in company.figures() if item.value is not None and item.rhythm)
    client = company.client("analyst")
    for figure in rules.FIGURES:
        answer = client.get(reverse("figure.rows", args=(figure, row.pk)), secure=True)
        assert answer.status_code == 200, figure


def test_an_unknown_figure_is_not_found(company: Scored) -> None:
    answer = company.client("analyst").get(reverse("figure.rows", args=("beauty", 1)), secure=True)

    assert answer.status_code == 404


def test_the_value_of_a_customer_links_to_its_rows_from_the_list(company: Scored) -> None:
    row = CustomerFigures.objects.exclude(value=None).order_by("-value").first()
    assert row is not None
    html = company.client("analyst").get(reverse(f"{CUSTOMER.name}.list"), secure=True).content.decode()

    assert reverse("figure.rows", args=("value", row.pk)) in html


def test_the_cards_of_one_page_read_figures_and_scores_once(company: Scored) -> None:
    row = next(row for row in company.figures() if row.rhythm and row.value is not None)
    address = f"{reverse('customer.list')}{row.pk}/around"
    client = company.client("analyst")
    client.get(address, secure=True)

    with CaptureQueriesContext(connection) as captured:
        html = client.get(address, secure=True).content.decode()

    assert reverse("figure.rows", args=("rhythm", row.pk)) in html
    assert reverse("figure.rows", args=("value", row.pk)) in html
    assert sum('FROM "customers_score"' in query["sql"] for query in captured) == 1
