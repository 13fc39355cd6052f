"""An administrator shapes the company's own records in the browser, with nobody's help, and uses them at once."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from pytest_django.plugin import DjangoDbBlocker

from guanxi.records.registry import record_type
from guanxi.records.shaping import live, services
from guanxi.records.shaping.models import CustomField
from tests.insights.company import build_company
from tests.journeys import server
from tests.journeys.conftest import Open

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


@pytest.fixture(scope="session")
def company_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A database of these tests alone: they change its tables."""
    with django_db_blocker.unblock():
        name = server.copy_database("shaping")
        with server.database(name):
            build_company()
        yield name
        server.drop_database("shaping")


@pytest.fixture(scope="module", autouse=True)
def shapes(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Do what the worker does with shapes beside the request; this process forgets them at the end of the module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(services, "queue_build", server.build_beside)
        yield
    with django_db_blocker.unblock():
        live.load()


def add_field(page: Page, kind: str, label: str) -> None:
    """Add a field of one kind, from the page of its type, by what stands on the screen."""
    page.get_by_role("link", name="New field").click()
    page.locator(".shape-kind", has_text=kind).first.click()
    page.get_by_label("Label in English").fill(label)


def save(page: Page, label: str) -> None:
    """Save the field and wait until it is in use."""
    page.get_by_role("button", name="Add field").click()
    row = page.locator(".shape-table tr", has_text=label).first
    expect(row).to_contain_text("in use")


def test_a_record_type_with_fields_a_formula_and_a_board_stands_and_is_used(visit: Open) -> None:
    page = visit("administrator").page
    page.goto("/settings/records/")
    page.get_by_role("link", name="New record type").click()
    page.get_by_label("One of them, in English").fill("site visit")
    page.get_by_label("Several, in English").fill("site visits")
    page.get_by_label("Name in Chinese").fill("现场拜访")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="New field")).to_be_visible()

    add_field(page, "Link to a record", "Customer")
    page.get_by_label("Links to").select_option(label="Customers")
    save(page, "Customer")
    add_field(page, "Choice", "Stage")
    for number, word in enumerate(("Planned", "Done", "Cancelled")):
        page.locator("[name=choice_en]").nth(number).fill(word)
    save(page, "Stage")
    add_field(page, "Number", "Hours")
    save(page, "Hours")
    add_field(page, "Formula", "Cost")
    page.locator("#field-formula").fill("[Hours] * ")
    expect(page.locator("#tried")).to_contain_text("The formula ends too early")
    page.locator("#field-formula").fill("[Hours] * 120.50")
    expect(page.locator("#tried")).to_contain_text("Gives a number.")
    save(page, "Cost")

    page.get_by_role("link", name="Open the list").click()
    page.wait_for_url(re.compile(r"/site-visits/$"))
    page.goto("/site-visits/new")
    page.get_by_label("Name").first.fill("Look at the kitchen")
    page.get_by_label("Stage").select_option(label="Planned")
    page.get_by_label("Hours").fill("3")
    page.get_by_role("button", name="Create site visit").click()
    page.wait_for_url(re.compile(r"/site-visits/\d+$"))
    expect(page.locator("body")).to_contain_text("361.50")

    page.goto("/site-visits/board")
    card = page.locator("[data-board-card]", has_text="Look at the kitchen")
    expect(page.locator(".board-column", has_text="Planned").locator("[data-board-card]")).to_have_count(1)
    expect(card).to_be_visible()
    made = record_type("x_site_visit").model._default_manager.get()
    assert (made.name, made.x_stage, made.x_hours) == ("Look at the kitchen", "planned", 3)


def test_a_field_moves_on_the_layout_by_keyboard_and_the_page_follows(visit: Open) -> None:
    page = visit("administrator").page
    page.goto("/settings/records/customer/")
    add_field(page, "Text", "Nickname")
    save(page, "Nickname")
    page.get_by_role("link", name="Layout", exact=True).click()
    rows = page.locator("[data-arrange-name='columns'] [data-column-row]")
    moved = str(rows.nth(2).locator("input").get_attribute("value"))
    rows.nth(2).focus()
    for place in (1, 0):  # what moved keeps the focus, so that it can be moved on
        page.keyboard.press("Alt+ArrowUp")
        expect(rows.nth(place).locator("input")).to_have_value(moved)
        assert (
            page.evaluate("document.activeElement.closest('[data-column-row]')?.querySelector('input').value") == moved
        )
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".toast")).to_contain_text("Saved")
    live.keep_up_now()
    assert record_type("customer").columns[0] == moved


def test_a_deleted_field_is_restored_from_the_bin(visit: Open) -> None:
    page = visit("administrator").page
    page.goto("/settings/records/task/")
    add_field(page, "Yes or no", "Billable")
    save(page, "Billable")
    page.get_by_role("link", name="Billable").click()
    page.get_by_role("button", name="Delete field").click()
    page.locator("dialog[data-question]").get_by_role("button", name="Delete field").click()
    expect(page.locator(".settings-card", has_text="Bin")).to_contain_text("Billable")
    assert CustomField.objects.get(name="x_billable").state == "removed"
    page.get_by_role("button", name="Restore").click()
    expect(page.locator(".shape-table tr", has_text="Billable").first).to_contain_text("in use")
