"""Where too few costs are known, nobody is ranked by profit, and every page says so."""

from __future__ import annotations

from django.urls import reverse

from guanxi.insights.figures import rules
from guanxi.insights.figures.tracing import trace
from guanxi.insights.value.page import dashboard
from tests.insights.company import Scored


def test_where_costs_are_unknown_value_is_revenue_net_of_returns(uncosted: Scored, db: None) -> None:
    rows = [row for row in uncosted.figures() if row.value is not None]

    assert rows
    for row in rows[::3]:
        assert (row.value, row.margin, row.profit) == (row.revenue, None, None)
        for figure in rules.FIGURES:
            assert trace(figure, row).is_unchanged, (row.customer.name, figure)


def test_the_dashboard_says_plainly_that_cost_is_unknown(uncosted: Scored, db: None) -> None:
    page = dashboard(uncosted.actor("analyst"))
    html = uncosted.client("analyst").get(reverse("value.dashboard"), secure=True).content.decode()

    assert page.by_profit is False
    assert page.ranked is not None
    assert page.revenue is not None
    assert page.ranked.value == page.revenue.value
    assert "Cost unknown." in html
    assert "Profit contribution" not in html


def test_the_customer_page_gives_the_reason(uncosted: Scored, db: None) -> None:
    row = next(item for item in uncosted.figures() if item.value is not None)

    html = (
        uncosted.client("analyst").get(reverse("customer.list") + str(row.pk) + "/around", secure=True).content.decode()
    )

    assert "so everybody is ranked by revenue net of returns" in html
