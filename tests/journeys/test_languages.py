"""The interface in 简体中文 and dark says nothing in English; on a phone no page scrolls sideways."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from guanxi.customers.customer.models import Customer
from guanxi.work.comment.models import Comment
from guanxi.work.note.models import Note
from tests.journeys.browser import PHONE
from tests.journeys.conftest import Open
from tests.journeys.test_customers import ranked

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

PAGES = ("/", "/customers/", "/value/", "/imports", "/imports/new", "/segments/", "/segments/new", "/settings/profile/",
         "/settings/users/", "/settings/company/")  # fmt: skip
# What is the same in both languages: names of the company's own data, keys, formats, units and proper names.
SAME = re.compile(
    r"Customer \d+|Product \d+|Guanxi|English|UTC|customers-gbk\.csv|JSON [Ll]ines|"
    r"\([A-Z]{2}\)|\b[A-Z]{3} ·|\b(?:CRM|Ctrl|Enter|Esc|Shift|Alt|Space|[A-Z]|EN|RFM|[RF]\d)\b|"
    r"\b(?:CSV|Excel|JSON|Parquet|XLSX|TOTP|API|ID|SKU|CNY|USD|GBP|EUR|KB|MB|GB)\b|"
    r"\S+@example\.com|[A-Za-z]+/[A-Za-z_]+"
)
# What waits in a packed template for being opened is looked at as what stands in the page.
TEXT = """() => {
  const found = new Set(), data = 'script, style, template, [name=time_zone], .avatar, .menu-person, .user-button';
  const look = root => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode())
      if (!node.parentElement?.closest(data) && node.data.trim())
        found.add(node.data.trim());
    for (const box of root.querySelectorAll('[aria-label], [placeholder], [title]'))
      if (!box.closest('.user-button, #user-menu, .avatar'))
        for (const name of ['aria-label', 'placeholder', 'title'])
          if (box.getAttribute(name)) found.add(box.getAttribute(name));
    for (const packed of root.querySelectorAll('template[data-packed]')) look(packed.content);
  };
  look(document.body);
  return [...found];
}"""


def english(page: Page, names: set[str]) -> list[str]:
    """The texts of a page, visible or told to screen readers, in which English words are left."""
    left = []
    for text in page.evaluate(TEXT):
        rest = SAME.sub("", text)
        for name in sorted(names, key=len, reverse=True):
            rest = rest.replace(name, "")
        if re.search(r"[A-Za-z]{2,}", rest):
            left.append(text)
    return left


def test_switched_to_chinese_and_dark_no_page_speaks_english(visit: Open) -> None:
    from guanxi.identity.models import Team, User

    names = set(User.objects.values_list("name", flat=True)) | set(Team._default_manager.values_list("name", flat=True))
    names |= set(Customer.objects.values_list("name", flat=True))  # and of what they made and said
    names |= {text for kind in (Comment, Note) for text in kind._default_manager.values_list("body", flat=True) if text}
    seen = visit("administrator")
    page = seen.page
    page.locator(".user-button").click()
    page.locator("#user-menu [data-set='theme:dark']").click()
    with page.expect_navigation():
        page.locator("#user-menu [data-set='language:zh-Hans']").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(15, 15, 17)"

    left, packed = {}, 0
    page.goto("/customers/")
    # The last in the list: other journeys leave words of their own at the first ones.
    record = page.locator("#list-rows [data-column=name] a").last.get_attribute("href")
    for path in (*PAGES, str(record)):
        page.goto(path)
        seen.settled()
        packed += page.locator("template[data-packed]").count()
        if found := english(page, names):
            left[path] = found
    assert left == {}, left
    assert packed >= 4 * len(PAGES), "menus of the user and of new records, help and “More” wait on every page"
    waiting = page.evaluate("document.querySelector('#help-dialog template').content.querySelector('h2').textContent")
    assert waiting in page.evaluate(TEXT)


def test_on_a_phone_the_list_is_cards_and_no_page_scrolls_sideways(visit: Open) -> None:
    seen = visit("sales-manager", PHONE)
    page = seen.page
    page.goto("/customers/")
    first = page.locator("#list-rows [data-row]").first
    expect(first).to_contain_text(ranked()[0])
    box = first.bounding_box()
    assert box is not None
    assert box["width"] <= PHONE[0]
    assert box["height"] > 56, "a card has more than one line"
    record = page.locator("#list-rows [data-column=name] a").first.get_attribute("href")
    wide = {}
    for path in (*PAGES[:7], "/settings/profile/", str(record)):
        page.goto(path)
        seen.settled()
        width = page.evaluate("document.documentElement.scrollWidth")
        if width != PHONE[0]:
            wide[path] = width
    assert wide == {}
