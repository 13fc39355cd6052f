"""Selection and editing in the cells of a list, by keys alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from guanxi.customers.customer.models import Customer
from tests.journeys.conftest import Open

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
LIST = "/customers/?cols=name,city,occupation,status&sort=name&f=kind:in:person"


def ids(page: Page) -> list[int]:
    """The records of the rows from top to bottom."""
    rows = page.locator("#list-rows [data-row]").evaluate_all("rows => rows.map(row => row.id)")
    return [int(name.removeprefix("row-")) for name in rows]


def test_enter_saves_a_cell_and_goes_down_tab_goes_right_and_escape_reverts(visit: Open) -> None:
    page = visit("administrator").page
    page.goto(LIST)
    first, second = ids(page)[:2]
    before = Customer.objects.get(pk=second).city
    page.keyboard.press("j")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    editor = page.locator("td.is-editing input:not([type=hidden])")
    expect(editor).to_be_focused()
    editor.fill("Ürümqi")
    page.keyboard.press("Enter")
    expect(page.locator(f"#row-{second} td[data-column=city].is-editing")).to_have_count(1)
    assert Customer.objects.get(pk=first).city == "Ürümqi"

    editor.fill("never kept")
    page.keyboard.press("Escape")
    expect(page.locator("td.is-editing")).to_have_count(0)
    assert Customer.objects.get(pk=second).city == before

    page.locator(f"#row-{second} td[data-column=city]").dblclick()
    editor.fill("Kashgar")
    page.keyboard.press("Tab")
    expect(page.locator(f"#row-{second} td[data-column=occupation].is-editing")).to_have_count(1)
    assert Customer.objects.get(pk=second).city == "Kashgar"
    page.keyboard.press("Escape")


def test_a_refused_value_stays_in_its_cell_with_the_reason(visit: Open) -> None:
    seen = visit("administrator")
    seen.expected.add(422)
    page = seen.page
    page.goto("/customers/?cols=name,credit_limit&sort=name")
    row = ids(page)[0]
    page.locator(f"#row-{row} td[data-column=credit_limit]").dblclick()
    editor = page.locator("td.is-editing input:not([type=hidden])")
    editor.fill("much")
    page.keyboard.press("Enter")
    expect(page.locator("td [aria-invalid=true]")).to_have_value("much")
    page.keyboard.press("Escape")
    assert Customer.objects.get(pk=row).name in page.locator(f"#row-{row}").inner_text()


def test_a_range_is_selected_with_shift_and_all_that_match_are_changed_and_taken_back(visit: Open) -> None:
    page = visit("administrator").page
    page.goto(LIST)
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator("[data-selection-count]")).to_have_text("3 selected")
    page.keyboard.press("Escape")
    expect(page.locator("[data-selection-bar]")).to_be_hidden()

    page.keyboard.press("Control+a")
    shown = len(ids(page))
    total = Customer.objects.filter(deleted_at=None, kind="person").count()
    if total > shown:
        expect(page.locator("[data-selection-count]")).to_have_text(f"All {shown} on this page selected")
        page.locator("[data-select-matching]").click()
        expect(page.locator("[data-selection-count]")).to_have_text(f"All {total} that match selected")
    before = dict(Customer.objects.filter(kind="person").values_list("pk", "status"))
    page.locator("[data-selection-bar] button", has_text="Edit").first.click()
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text(f"Edit {total} customers")
    assert len(re.findall(",", dialog.locator("p").first.inner_text())) >= 2  # three names for example
    page.locator("dialog[open] [name=value]").select_option("lost")
    page.locator("dialog[open] .button--primary").click()
    expect(page.locator("#toasts")).to_contain_text("Changed Status of")
    assert set(Customer.objects.filter(kind="person", deleted_at=None).values_list("status", flat=True)) == {"lost"}
    page.locator("#toasts [data-undo]").click()
    expect(page.locator("#toasts")).to_contain_text("Taken back")
    assert dict(Customer.objects.filter(kind="person").values_list("pk", "status")) == before
