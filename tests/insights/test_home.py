"""The first page says whom to call, who brings and who costs: of one's own customers, or of all where none is one's own."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.http import QueryDict

from guanxi.config.home import HomeCard, home_cards
from guanxi.core.actor import Actor
from guanxi.customers.customer.models import Customer
from guanxi.customers.customer.record_type import CUSTOMER
from guanxi.records import listing
from guanxi.records.screens.state import ListState, Look
from tests.insights.company import Scored

QUIET, BEST, COSTLY = "Valuable and going quiet", "most valuable customers", "Costing more than they bring"


def card(actor: Actor, title: str) -> HomeCard:
    """The card with these words in its title."""
    (found,) = (item for item in home_cards(actor) if title.lower() in item.title.lower())
    return found


@pytest.mark.parametrize("role", ["administrator", "salesperson", "read-only"])
@pytest.mark.parametrize("title", [QUIET, BEST, COSTLY, "New customers"])
def test_a_card_shows_the_first_rows_of_the_list_that_it_opens(company: Scored, role: str, title: str) -> None:
    actor = company.actor(role)
    shown = card(actor, title)
    look = ListState.read(QueryDict(urlsplit(shown.all_url).query)).look(Look())
    rows = listing.read_page(CUSTOMER, listing.Query(("name",), look.filter, sort=look.sort, limit=8), actor).rows

    assert rows
    assert [entry.label for entry in shown.entries] == [row["name"] for row in rows]


def test_a_salesperson_sees_only_own_customers_and_who_owns_none_sees_all(company: Scored) -> None:
    seller, reader = company.actor("salesperson"), company.actor("read-only")
    owned = set(Customer.objects.filter(owner=company.users["salesperson"]).values_list("name", flat=True))

    assert card(seller, BEST).title == "My most valuable customers"
    assert {entry.label for entry in card(seller, BEST).entries} <= owned
    assert card(reader, BEST).title == "Most valuable customers"
    assert not {entry.label for entry in card(reader, BEST).entries} <= owned


def test_whoever_may_not_see_values_gets_no_card_made_of_them(company: Scored) -> None:
    titles = [item.title for item in home_cards(company.actor("service-agent"))]

    assert "New customers" in titles
    assert not {QUIET, BEST, "Most valuable customers", COSTLY} & set(titles)


def test_the_first_page_shows_the_cards(company: Scored) -> None:
    html = company.client("administrator").get("/", secure=True, headers={"host": "localhost"}).content.decode()

    for title in (QUIET, "Most valuable customers", COSTLY, "Latest interactions"):
        assert title in html
