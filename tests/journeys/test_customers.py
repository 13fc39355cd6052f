"""Customers ranked by value, opened, edited in place and taken back; a figure down to its rows; and all by keys."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from guanxi.customers.customer.models import Customer
from guanxi.customers.score.models import CustomerFigures
from tests.journeys.conftest import Open

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


def ranked() -> list[str]:
    """The names of all customers, largest value first, as the figures of the last run say."""
    rows = CustomerFigures.objects.filter(customer__deleted_at=None, value__isnull=False).order_by("-value")
    return [row.customer.name for row in rows.select_related("customer")]


def number_in(url: str) -> int:
    """The number of the record in its address."""
    found = re.search(r"/(\d+)(?:$|[?#])", url)
    assert found is not None
    return int(found.group(1))


def test_the_best_customer_stands_first_and_an_edit_in_place_is_kept_with_its_history(visit: Open) -> None:
    page = visit("sales-manager").page
    page.goto("/customers/")
    names = page.locator("#list-rows [data-row] [data-column=name]")
    best = ranked()[0]
    expect(names.first).to_contain_text(best)

    names.first.locator("a").first.click()
    page.wait_for_url(re.compile(r"/customers/\d+"))
    expect(page.locator(".record-name h2")).to_contain_text(best)

    page.locator("#record-details [data-column=name]").hover()
    page.locator("#record-details [data-column=name] [data-edit-button]").click()
    page.locator("dd.is-editing [name=name]").fill("最好的客户")
    page.keyboard.press("Enter")
    shown = page.locator("#record-details [data-column=name] .value")
    expect(shown).to_contain_text("最好的客户")
    customer = Customer.objects.filter(pk=number_in(page.url))
    assert customer.get().name == "最好的客户"

    page.locator("#toasts [data-undo]").click()
    expect(page.locator("#toasts [data-undo]")).to_have_count(0)
    page.wait_for_load_state("networkidle")  # taking back shows the page anew by itself
    page.reload()
    expect(shown).to_contain_text(best)
    assert customer.get().name == best
    page.locator(".tabs a, .tabs button").get_by_text("Changes", exact=True).click()
    history = page.locator("#record-centre")
    expect(history).to_contain_text("最好的客户")
    expect(history).to_contain_text("took back a change")


def test_a_tile_of_the_dashboard_opens_its_customers_and_a_value_opens_the_lines_behind_it(visit: Open) -> None:
    page = visit("analyst").page
    page.goto("/value/")
    tiles = page.locator(".kpi-row .kpi")
    expect(tiles).to_have_count(5)
    count = int(tiles.nth(2).locator(".num-link").inner_text())
    assert count == CustomerFigures.objects.filter(customer__deleted_at=None, value_rank__isnull=False).count()

    tiles.nth(2).locator(".num-link").click()
    expect(page.locator("#list-rows [data-row]")).to_have_count(count)
    page.locator("#list-rows [data-row]").first.locator("[data-column=value] a").click()
    page.wait_for_url("**/figures/**")
    expect(page.locator("main")).to_contain_text(ranked()[0])
    expect(page.locator("main table tbody tr").first).to_be_visible()


def test_a_list_is_walked_chosen_from_searched_and_added_to_without_a_mouse(visit: Open) -> None:
    page = visit("sales-manager").page
    page.goto("/customers/")
    rows = page.locator("#list-rows [data-row]")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("x")
    expect(rows.nth(0)).to_have_attribute("aria-selected", "true")
    expect(page.locator("[data-selection-count]")).to_have_text("1 selected")
    page.keyboard.press("x")
    expect(rows.nth(0)).to_have_attribute("aria-selected", "false")

    page.keyboard.press("Control+k")
    page.keyboard.type("Customer 12")
    expect(page.locator("#palette [role=option]", has_text="Customer 12").first).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()

    page.keyboard.press("c")
    offered = page.locator("#create-menu .menu-item")
    expect(offered.first).to_be_focused()
    for _step in range(offered.all_inner_texts().index("Customer")):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    name = page.locator("dialog[open] [name=name]")
    expect(name).to_be_focused()
    page.keyboard.type("键盘新建")
    page.keyboard.press("Control+Enter")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator("#toasts")).to_contain_text("键盘新建")
    assert Customer.objects.filter(name="键盘新建", deleted_at=None).count() == 1


def test_a_form_asks_of_an_organization_what_organizations_have_and_sends_nothing_of_a_person(visit: Open) -> None:
    page = visit("sales-manager").page
    page.goto("/customers/new")
    expect(page.locator("[name=occupation]")).to_be_visible()
    expect(page.locator("[name=industry]")).to_be_hidden()

    page.locator("[name=name]").fill("禾家供应链有限公司")
    page.locator("[name=occupation]").fill("baker")
    page.locator("select[name=kind]").select_option("organization")
    expect(page.locator("[name=occupation]")).to_be_hidden()
    page.locator("[name=industry]").fill("Groceries")
    page.locator(".form-foot button[type=submit]").click()

    page.wait_for_url(re.compile(r"/customers/\d+"))
    made = Customer.objects.get(pk=number_in(page.url))
    assert (made.kind, made.industry, made.occupation) == ("organization", "Groceries", "")
    headings = page.locator("#record-details h3").all_inner_texts()
    assert "Organization" in headings
    assert "Person" not in headings
