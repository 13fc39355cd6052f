"""A salesperson's day without a mouse, from the sign-in to the sign-out; and no key means two things on one screen."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from guanxi.customers.customer.models import Customer
from guanxi.work.models import Task
from tests.journeys.conftest import Open
from tests.journeys.test_offline import ask

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

KEYS = """() => {
  const found = {};
  for (const each of document.querySelectorAll('[data-key]')) {
    const hidden = each.hasAttribute('data-key-hidden');
    if (!hidden && !each.checkVisibility() || each.closest('dialog, [popover]:not(:popover-open)') && !hidden) continue;
    const meaning = each.getAttribute('href') || each.getAttribute('hx-get') || each.getAttribute('popovertarget') || each.outerHTML.slice(0, 200);
    (found[each.dataset.key] ??= new Set()).add(meaning);
  }
  return Object.entries(found).filter(([, meanings]) => meanings.size > 1).map(([key, meanings]) => `${key}: ${[...meanings].join(' | ')}`);
}"""


def go(page: Page, letter: str, wanted: str) -> None:
    """Press `g` and a letter and arrive."""
    page.keyboard.press("g")
    page.keyboard.press(letter)
    page.wait_for_url(wanted)
    page.wait_for_load_state("networkidle")


def palette(page: Page, text: str, first: str = "") -> None:
    """Open the palette, type, and wait for what stands first."""
    page.keyboard.press("Control+k")
    expect(page.locator("[data-palette-input]")).to_be_focused()
    page.keyboard.type(text)
    expect(page.locator("#palette [role=option][aria-selected=true]")).to_contain_text(first)


def test_a_day_of_work_without_the_mouse(visit: Open) -> None:
    page = visit("sales-manager").page
    me = page.evaluate("fetch('/api/v1/session').then(answer => answer.json())")["user"]["id"]
    task = ask(page, "POST", "/api/v1/tasks", subject="Ring before noon", owner=me, due_at="2019-01-01T08:00:00Z")

    made = ask(page, "POST", "/api/v1/customers", name="Wilhelmina Kraus", kind="person", status="active", owner=me)
    customer = Customer.objects.get(pk=made["id"])

    go(page, "t", "**/tasks/")
    page.keyboard.press("j")
    expect(page.locator("#list-rows [data-row]").first).to_be_focused()
    page.keyboard.press("d")
    expect(page.locator("#toasts")).to_contain_text("Done: Ring before noon")
    assert Task._default_manager.get(pk=task["id"]).status == "done"

    palette(page, "Wilhelmna", "Wilhelmina Kraus")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(rf"/customers/{customer.pk}$"))
    page.wait_for_load_state("networkidle")

    page.keyboard.press("t")
    expect(page.locator("dialog[open] [name=subject]")).to_be_focused()
    page.keyboard.type("Send the catalogue")
    page.keyboard.press("Control+Enter")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.wait_for_load_state("networkidle")
    offer = Task._default_manager.get(subject="Send the catalogue")
    assert (offer.customer_id, offer.owner_id) == (customer.pk, me)

    palette(page, "")
    groups = page.locator("#palette .palette-group .menu-label")
    expect(groups.first).to_have_text("This record")
    expect(page.locator("#palette .palette-group").first).to_contain_text("Assign…")
    page.keyboard.type("change status")
    expect(page.locator("#palette [role=option][aria-selected=true]")).to_contain_text("Change “Status”…")
    page.keyboard.press("Enter")
    choice = page.locator("dd.is-editing select[name=status]")
    expect(choice).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("dd.is-editing")).to_have_count(0)

    palette(page, "new task", "New task")
    page.keyboard.press("Enter")
    expect(page.locator("dialog[open] [name=subject]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)

    page.keyboard.press("?")
    help_dialog = page.locator("#help-dialog")
    expect(help_dialog).to_contain_text("On this screen")
    expect(help_dialog.locator("[data-help-group='[data-list]']")).to_be_hidden()
    page.keyboard.type("task")
    expect(help_dialog.locator("[data-help-row]:visible").first).to_contain_text(re.compile("task", re.IGNORECASE))
    page.keyboard.press("Escape")
    expect(help_dialog).to_be_hidden()

    go(page, "c", "**/customers/")
    page.keyboard.press("/")
    expect(page.locator("#list-search")).to_be_focused()
    page.keyboard.type("Wilhelmina")
    expect(page.locator("#list-rows [data-row]")).to_have_count(1)
    go_home_from_search(page)


def go_home_from_search(page: Page) -> None:
    """Leave the search box by Tab, then go home by keys."""
    page.keyboard.press("Tab")
    go(page, "h", re.compile(r"/$"))  # type: ignore[arg-type]


def test_a_late_answer_of_the_palette_never_takes_the_place_of_what_stands_there_since(visit: Open) -> None:
    page = visit("sales-manager").page
    asked: list[Route] = []
    page.route("**/palette?**", lambda route: asked.append(route))  # noqa: PLW0108 (Playwright marks what it is given)

    with page.expect_request("**/palette?**"):
        palette(page, "tasks")
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
    palette(page, "")
    before = page.locator("#palette [role=option]").all_text_contents()
    late = {"groups": [{"label": "Customers", "items": [{"label": "Too late", "url": "/customers/"}]}]}
    asked[0].fulfill(json=late)
    page.wait_for_timeout(300)
    assert page.locator("#palette [role=option]").all_text_contents() == before


def test_single_keys_can_be_switched_off_and_those_with_ctrl_stay(visit: Open) -> None:
    page = visit("sales-manager").page
    page.locator(".user-button").click()
    page.locator("#user-menu [data-set='shortcuts:off']").click()
    page.keyboard.press("Escape")
    before = page.url
    for key in ("c", "g", "t", "?"):
        page.keyboard.press(key)
    expect(page.locator("#create-menu")).to_be_hidden()
    expect(page.locator("#help-dialog")).to_be_hidden()
    assert page.url == before
    page.keyboard.press("Control+k")
    expect(page.locator("[data-palette-input]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()


def test_no_key_means_two_things_on_one_screen(visit: Open) -> None:
    page = visit("administrator").page
    first: Any = Customer.objects.filter(deleted_at=None).order_by("pk").values_list("pk", flat=True)[0]
    wrong = {}
    for path in (
        "/",
        "/customers/",
        f"/customers/{first}",
        "/tasks/",
        "/tasks/board",
        "/value/",
        "/segments/",
        "/settings/users/",
    ):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        if doubled := page.evaluate(KEYS):
            wrong[path] = doubled
    assert wrong == {}
