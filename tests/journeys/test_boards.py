"""Boards by any choice: moved by keys and menu with a word for listeners, folded, and views kept in their layout."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from guanxi.work.task.models import Task
from tests.journeys.conftest import Open

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


def make_task(page: Page, subject: str, priority: str) -> Task:
    """A task that the reader of the page adds by the form of new tasks."""
    page.evaluate(
        """values => fetch("/tasks/quick", {method: "POST", body: new URLSearchParams(values), headers: {
            "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content}})""",
        {"subject": subject, "priority": priority, "status": "open"},
    )
    return Task.objects.get(subject=subject)


def test_a_card_moves_by_key_and_by_menu_between_columns_of_any_choice(visit: Open) -> None:
    page = visit("sales-manager").page
    task = make_task(page, "Board by priority", "normal")
    page.goto("/tasks/board?view=all&by=priority&f=subject:is:Board+by+priority")
    card = page.locator(f"#card-{task.pk}")
    card.focus()
    page.keyboard.press("]")
    expect(page.locator("#cards-high [data-board-card]")).to_have_count(1)
    expect(page.locator("#announcer")).to_have_text("Board by priority moved to High")
    expect(page.locator("#board-head-high .board-count")).to_have_text("1")
    expect(page.locator("#board-head-normal .board-count")).to_have_text("0")
    task.refresh_from_db()
    assert task.priority == "high"

    card.hover()
    card.locator("[data-board-move]").click()
    page.locator("[data-board-menu] [data-move-to=low]").click()
    expect(page.locator("#cards-low [data-board-card]")).to_have_count(1)
    expect(page.locator("#announcer")).to_have_text("Board by priority moved to Low")


def test_a_column_is_folded_kept_so_and_unfolded_with_its_cards(visit: Open) -> None:
    page = visit("sales-manager").page
    make_task(page, "Folded away", "low")
    page.goto("/tasks/board?view=all&by=priority&f=subject:is:Folded+away")
    fold = page.locator("#board-head-low [data-column-fold]")
    fold.focus()
    page.keyboard.press("Enter")
    expect(fold).to_have_attribute("aria-expanded", "false")
    page.reload()
    expect(page.locator("#cards-low [data-board-card]")).to_have_count(0)
    fold.click()
    expect(page.locator("#cards-low [data-board-card]")).to_have_count(1)
    assert "shut" not in page.url


def test_a_board_is_saved_as_a_view_that_opens_as_a_board_first(visit: Open) -> None:
    page = visit("marketer").page
    page.goto("/customers/")
    page.locator(".layouts a").nth(1).click()
    page.locator("[popovertarget=group-menu]").click()
    page.locator("#group-menu .menu-item", has_text="Kind").click()
    expect(page.locator(".view-tab .dirty")).to_have_count(1)
    page.locator("[popovertarget=view-menu]").click()
    page.locator("#view-menu .menu-item", has_text="Save as new").click()
    page.locator("dialog[open] [name=name]").fill("Kinds")
    page.keyboard.press("Enter")
    expect(page.locator(".view-tab[aria-current]")).to_contain_text("Kinds")
    expect(page.locator("#board")).to_be_visible()
    page.locator("[popovertarget=view-menu]").click()
    page.locator("#view-menu .menu-item", has_text="Open this view first").click()
    expect(page.locator(".view-tab[aria-current] [aria-label='Opens first']")).to_be_visible()
    page.goto("/customers/")
    expect(page.locator(".view-tab[aria-current]")).to_contain_text("Kinds")
    expect(page.locator("#board")).to_be_visible()
