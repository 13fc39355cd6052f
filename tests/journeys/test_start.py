"""A new administrator loads sample data, is shown around, and puts both away again."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Open

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


def test_sample_data_and_a_tour_by_keys(visit: Open) -> None:
    page = visit("administrator").page
    page.goto("/settings/start/")
    page.get_by_role("button", name="Load sample data").click()
    expect(page.locator("#toasts")).to_contain_text("Loaded")
    page.get_by_role("link", name="Remove sample data").click()
    expect(page.locator(".settings-main")).to_contain_text("Customers")
    page.locator(".settings-main form .button--danger").click()
    expect(page.locator("#toasts")).to_contain_text("Removed")

    page.goto("/")
    page.get_by_role("button", name="Show me around").first.click()
    tour = page.locator("#tour")
    expect(tour).to_contain_text("Step 1 of")
    expect(tour.locator(".button--primary")).to_be_focused()
    page.keyboard.press("Enter")
    expect(tour).to_contain_text("Step 2 of")
    page.keyboard.press("ArrowLeft")
    expect(tour).to_contain_text("Step 1 of")
    with page.expect_response("**/preferences/away"):
        page.keyboard.press("Escape")
    expect(tour).to_have_count(0)
    page.reload()
    expect(page.locator("[data-tour=home]:visible")).to_have_count(0)

    page.goto("/customers/")
    page.keyboard.press("?")
    page.get_by_role("button", name="Show me around this screen").click()
    expect(tour).to_contain_text("Views")
    for _step in range(3):
        page.keyboard.press("Enter")
    expect(tour).to_contain_text("Rows")
    with page.expect_response("**/preferences/away"):
        page.keyboard.press("Enter")
    expect(tour).to_have_count(0)
