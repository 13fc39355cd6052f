"""Lists shaped by hand: columns on the move, groups, filters from a cell, the cell cursor, sums."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Locator, Page, expect

from guanxi.customers.customer.models import Customer
from tests.journeys.conftest import Open

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
LIST = "/customers/?cols=name,status,city,owner&sort=name"


def columns(page: Page) -> list[str]:
    """The names of the columns from left to right."""
    return page.locator("thead th[data-column]").evaluate_all("heads => heads.map(head => head.dataset.column)")


def parameters(page: Page) -> dict[str, list[str]]:
    """What stands in the address."""
    return parse_qs(urlparse(page.url).query)


def drag(page: Page, what: Locator, to: Locator, share: float) -> None:
    """Drag with the pointer to a share of the width of another element."""
    begin, end = what.bounding_box(), to.bounding_box()
    assert begin is not None
    assert end is not None
    page.mouse.move(begin["x"] + 20, begin["y"] + 12)
    page.mouse.down()
    page.mouse.move(begin["x"] + 40, begin["y"] + 12, steps=4)
    page.mouse.move(end["x"] + end["width"] * share, end["y"] + 12, steps=6)
    page.mouse.up()


def test_columns_are_moved_by_dragging_and_by_their_menu_and_stay_so_after_reload(visit: Open) -> None:
    page = visit("sales-manager").page
    page.goto(LIST)
    drag(page, page.locator("th[data-column=owner] .th"), page.locator("th[data-column=status]"), 0.2)
    expect(page.locator("thead th[data-column]").nth(1)).to_have_attribute("data-column", "owner")
    assert columns(page) == ["name", "owner", "status", "city"]
    assert parameters(page)["sort"] == ["name"]  # the drag is no click on the head

    page.locator("[data-column-menu=city]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#list-menu .menu-item").first).to_be_focused()
    page.keyboard.press("m")  # the letter leads to “Move left”
    page.keyboard.press("Enter")
    expect(page.locator("thead th[data-column]").nth(2)).to_have_attribute("data-column", "city")
    expect(page.locator("[data-column-menu=city]")).to_be_focused()

    page.locator("[data-column-menu=city]").click()
    page.locator("#list-menu .menu-item", has_text=re.compile(r"^Pin$")).click()
    expect(page.locator("th[data-column=city]")).to_have_attribute("data-pin", "1")
    page.reload()
    assert columns(page) == ["name", "city", "owner", "status"]
    heads = page.locator("thead th")
    width = sum(box["width"] for at in range(2) if (box := heads.nth(at).bounding_box()))
    pinned = page.locator("#list-rows td[data-pin='1']").first.evaluate("cell => getComputedStyle(cell).left")
    assert abs(float(pinned.removesuffix("px")) - width) <= 1


def test_head_and_pinned_columns_stay_in_sight_and_every_row_is_drawn(visit: Open) -> None:
    page = visit("sales-manager").page
    page.goto("/customers/?cols=name,status,city,owner,team,currency,created_at,updated_at,kind&sort=name")
    page.set_viewport_size({"width": 900, "height": 700})
    scroller, row = page.locator("#list .scroller"), page.locator("#list-rows > [data-row]")
    assert row.count() > 26
    expect(row.nth(row.count() - 1)).to_be_visible()
    name, head = row.first.locator("[data-column=name]"), page.locator("thead th[data-column=name]")
    at = name.evaluate("cell => cell.getBoundingClientRect().x")
    moved = row.first.locator("[data-column=city]").evaluate("cell => cell.getBoundingClientRect().x")
    scroller.evaluate("box => box.scrollTo(240, 300)")
    page.wait_for_function(
        "([cell, x]) => Math.abs(cell.getBoundingClientRect().x - x) < 2", arg=[name.element_handle(), at]
    )
    assert row.first.locator("[data-column=city]").evaluate("cell => cell.getBoundingClientRect().x") == moved - 240
    assert head.evaluate("cell => cell.getBoundingClientRect().x") == pytest.approx(at, abs=2)
    top = scroller.evaluate("box => box.getBoundingClientRect().y")
    assert head.evaluate("cell => cell.getBoundingClientRect().y") == pytest.approx(top, abs=2)


def test_a_second_sort_is_added_with_shift(visit: Open) -> None:
    page = visit("sales-manager").page
    page.goto("/customers/?cols=name,status,city&sort=status")
    page.locator("th[data-column=city] .th").click(modifiers=["Shift"])
    expect(page.locator("th[data-column=city]")).to_have_attribute("aria-sort", "ascending")
    assert parameters(page)["sort"] == ["status,city"]


def test_a_list_is_grouped_and_groups_are_folded_by_keys_and_kept_in_the_address(visit: Open) -> None:
    page = visit("sales-manager").page
    page.goto(LIST)
    page.locator("[popovertarget=group-menu]").click()
    page.locator("#group-menu .menu-item", has_text="Value tier").click()
    toggles = page.locator("[data-group-toggle]")
    expect(toggles.first).to_be_visible()
    total = Customer.objects.filter(deleted_at=None).count()
    counts = [int(text.replace(",", "")) for text in page.locator(".group-count").all_inner_texts()]
    assert sum(counts) == total
    assert parameters(page)["group"] == ["tier"]

    toggles.first.focus()
    page.keyboard.press("Enter")
    expect(toggles.first).to_have_attribute("aria-expanded", "false")
    shut = parameters(page)["shut"]
    page.reload()
    expect(toggles.first).to_have_attribute("aria-expanded", "false")
    assert parameters(page)["shut"] == shut
    page.keyboard.press("j")
    assert page.locator("[data-row].is-current").evaluate("row => !row.closest('tbody').hidden")


def test_a_cell_is_reached_by_arrows_and_filters_by_its_value(visit: Open) -> None:
    page = visit("sales-manager").page
    page.goto(LIST)
    row = page.locator("#list-rows [data-row]").first
    status = row.locator("td[data-column=status]").inner_text()
    page.keyboard.press("j")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(row.locator("td[data-column=status]")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#list-rows [data-row]").nth(1).locator("td[data-column=status]")).to_be_focused()
    page.keyboard.press("ArrowUp")
    row.locator("td[data-column=status]").dispatch_event("contextmenu")
    page.locator("#list-menu .menu-item", has_text="Only this value").click()
    expect(page.locator(".chip-value")).to_have_text(status)
    page.keyboard.press("Escape")


def test_the_pointer_opens_the_menu_of_a_cell_and_the_foot_changes_to_averages(visit: Open) -> None:
    page = visit("sales-manager").page
    page.goto("/customers/?cols=name,value,status")
    page.locator("#list-rows td[data-column=status]").nth(2).click(button="right")
    expect(page.locator("#list-menu .menu-item").first).to_be_visible()
    page.keyboard.press("Escape")
    foot = page.locator("#sum-value .of-sum")
    expect(foot).to_be_visible()
    page.locator("[data-foot=average]").click()
    expect(foot).to_be_hidden()
    expect(page.locator("#sum-value .of-average")).to_be_visible()


def test_going_back_shows_the_list_as_it_was_left(visit: Open) -> None:
    page = visit("sales-manager").page
    page.set_viewport_size({"width": 1280, "height": 420})
    page.goto(LIST)
    row = page.locator("#list-rows [data-row]").nth(12)
    name = row.get_attribute("id")
    row.scroll_into_view_if_needed()
    top = page.locator(".scroller").evaluate("box => box.scrollTop")
    assert top > 0
    row.locator("[data-open-link]").click()
    page.wait_for_url(re.compile(r"/customers/\d+"))
    page.go_back()
    expect(page.locator(f"#{name}")).to_be_focused()
    assert abs(page.locator(".scroller").evaluate("box => box.scrollTop") - top) <= 2
    assert parameters(page)["sort"] == ["name"]
