"""Every page at the widths of phones: nothing scrolls sideways, nothing is too small for a thumb; made from the routes."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from guanxi.identity.models import Role, User
from guanxi.records.models import SourceSystem
from guanxi.records.registry import record_types
from tests.journeys.conftest import PROSPECT, Open
from tests.journeys.crawl import WIDTHS, addresses, complaints, is_page

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
TALL = 844
CHOOSE = """([token, language]) => fetch('/preferences/language', {method: 'POST', headers: {'X-CSRFToken': token},
  body: new URLSearchParams({language})}).then(answer => answer.status)"""


def every_address() -> list[str]:
    """An address for each route, with the first living record of each type."""
    firsts = (
        (item.name, item.model._default_manager.filter(deleted_at=None).order_by("pk")) for item in record_types()
    )
    ids = {name: rows.values_list("pk", flat=True)[0] for name, rows in firsts if rows.exists()}
    values = {"user_id": User.objects.order_by("pk")[0].pk, "role_id": Role._default_manager.order_by("pk")[0].pk}
    source = SourceSystem.objects.order_by("pk").first()
    return list(addresses(ids, values | ({"source_id": source.pk} if source else {})))


def looked_through(visit: Open, language: str, widths: tuple[int, ...]) -> dict[str, list[str]]:
    """What is wrong, by page and width, as an administrator sees the pages in a language."""
    seen = visit("administrator", (widths[0], TALL))
    seen.expected |= set(range(300, 500))  # the addresses that are no pages are found out by asking
    page = seen.page
    token = page.locator("meta[name=csrf-token]").get_attribute("content")
    page.evaluate(CHOOSE, [token, language])
    found: dict[str, list[str]] = {}
    pages = [path for path in every_address() if is_page(page, path)]
    assert len(pages) > 60, pages
    for path in pages:
        page.goto(path)
        for width in widths:
            page.set_viewport_size({"width": width, "height": TALL})
            if wrong := complaints(page):
                found[f"{path} at {width}"] = wrong
    return found


def test_no_page_scrolls_sideways_or_asks_for_a_needle_on_the_narrowest_phone(visit: Open) -> None:
    assert looked_through(visit, "en", WIDTHS[:1]) == {}


def test_a_thumb_plans_the_next_step_of_a_card_that_has_none(visit: Open) -> None:
    page = visit("administrator", (WIDTHS[0], TALL)).page
    page.goto("/customers/board")
    warning = page.locator("[data-board-card]", has_text=PROSPECT).locator("button.next-activity")
    warning.scroll_into_view_if_needed()
    expect(warning).to_be_visible()
    assert complaints(page) == []
    warning.tap()
    expect(page.locator("dialog[open]").get_by_role("combobox", name="Customer")).to_have_value(PROSPECT)
    assert complaints(page) == []


@pytest.mark.full
def test_the_same_holds_in_chinese_and_at_every_width(visit: Open) -> None:
    assert looked_through(visit, "zh-hans", WIDTHS) == {}
    assert looked_through(visit, "en", WIDTHS[1:]) == {}
