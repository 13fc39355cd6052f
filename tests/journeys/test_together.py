"""Two people at the same record: each sees the other, what the other changes and says, and nothing typed is lost."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from guanxi.customers.customer.models import Customer
from guanxi.customers.customer.record_type import CUSTOMER
from guanxi.identity.actors import actor_of
from guanxi.identity.models import User
from guanxi.records.access import visible_to
from guanxi.work.comment.models import Comment
from guanxi.work.notification.models import Notification
from tests.journeys.browser import PHONE, ask
from tests.journeys.conftest import Open

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
SOON_MS = 6_000  # two seconds are the aim, held on a free machine; a busy one needs room


def name_of(role: str) -> str:
    """What the one with a role is called."""
    return User.objects.get(email=f"{role}@example.com").name


def customer(at: int) -> Customer:
    """One of the customers whom the sales manager may edit."""
    actor = actor_of(User.objects.get(email="sales-manager@example.com").pk)
    assert actor is not None
    found: Customer = visible_to(actor, CUSTOMER, "edit").order_by("pk")[at]
    return found


def change(page: Page, name: str, value: str) -> None:
    """Edit a field of the open record in place."""
    page.locator(f"#record-details [data-column={name}] [data-edit-button]").click()
    page.locator(f"dd.is-editing [name={name}]").fill(value)
    page.keyboard.press("Enter")
    expect(page.locator(f"#record-details [data-column={name}] .value")).to_contain_text(value)


def eventually(holds: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until something holds in the database."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_two_people_at_a_record_see_each_other_and_what_each_does(visit: Open) -> None:
    record = customer(3)
    reader, writer = visit("sales-manager").page, visit("administrator").page
    for page in (reader, writer):
        page.goto(f"/customers/{record.pk}")
    here = reader.locator("[data-presence] .avatar")
    expect(here).to_have_count(1, timeout=SOON_MS)
    expect(here).to_have_attribute("aria-label", f"{name_of('administrator')} is here")

    writer.locator("#record-details [data-column=name] [data-edit-button]").click()
    expect(here).to_have_attribute("aria-label", f"{name_of('administrator')} is editing", timeout=SOON_MS)
    writer.keyboard.press("Escape")
    change(writer, "name", "Renamed elsewhere")
    expect(reader.locator("#record-details [data-column=name]")).to_contain_text("Renamed elsewhere", timeout=SOON_MS)
    expect(reader.locator("#record-id")).to_contain_text("Renamed elsewhere")

    text = reader.locator(".composer-form .composer-text")
    text.fill("Half a thought")
    writer.locator(".composer-form .composer-text").fill("Said over there")
    writer.keyboard.press("Control+Enter")
    expect(reader.locator("#timeline")).to_contain_text("Said over there", timeout=SOON_MS)
    expect(text).to_have_value("Half a thought")
    text.fill("")
    writer.goto("/")
    expect(here).to_have_count(0, timeout=15_000)


def test_an_open_menu_stays_while_others_write_and_what_they_wrote_comes_after_it(visit: Open) -> None:
    record = customer(8)
    reader, writer = visit("sales-manager").page, visit("administrator").page
    for page in (reader, writer):
        page.goto(f"/customers/{record.pk}")
    reader.locator(".composer-form .composer-text").fill("Mine, to be changed")
    reader.keyboard.press("Control+Enter")
    entry = reader.locator(".timeline-item", has_text="Mine, to be changed")
    reader.wait_for_timeout(3_000)  # what the page is told of one's own comment has come
    entry.hover()
    entry.get_by_role("button", name="Change this entry").click()
    change(writer, "name", "Renamed under an open menu")
    writer.locator(".composer-form .composer-text").fill("Said under an open menu")
    writer.keyboard.press("Control+Enter")
    reader.wait_for_timeout(4_000)
    expect(reader.get_by_role("menuitem", name="Edit comment")).to_be_visible()
    expect(reader.locator("#live-strip")).to_be_hidden()
    reader.keyboard.press("Escape")
    expect(reader.locator("#timeline")).to_contain_text("Said under an open menu", timeout=SOON_MS)
    expect(reader.locator("#record-id")).to_contain_text("Renamed under an open menu", timeout=SOON_MS)


def test_the_cards_around_a_record_follow_what_others_add(visit: Open) -> None:
    record = customer(9)
    reader, writer = visit("sales-manager").page, visit("administrator").page
    reader.goto(f"/customers/{record.pk}")
    expect(reader.locator(".record-right > .rcard").first).to_be_visible()
    reader.wait_for_timeout(2_500)  # the first answer says where the cards stand
    owner = User.objects.get(email="sales-manager@example.com").pk
    about = {"customer": record.pk, "owner": owner}
    task = ask(writer, "POST", "/api/v1/tasks", subject="Promised elsewhere", due_at="2030-01-01T08:00:00Z", **about)
    card = reader.locator("#card-panel-tasks")
    expect(card).to_contain_text("Promised elsewhere", timeout=SOON_MS)
    ask(writer, "PATCH", f"/api/v1/tasks/{task['id']}", status="done")
    expect(reader.locator(".record-right")).not_to_contain_text("Promised elsewhere", timeout=SOON_MS)
    reader.locator(".record-right [aria-label^='Add to']").first.click()
    expect(reader.locator("dialog[open]")).to_be_visible()


def test_who_is_editing_is_told_of_a_change_by_a_strip_and_loses_nothing(visit: Open) -> None:
    record = customer(4)
    reader, writer = visit("sales-manager").page, visit("administrator").page
    for page in (reader, writer):
        page.goto(f"/customers/{record.pk}")
    reader.locator("#record-details [data-column=name] [data-edit-button]").click()
    reader.locator("dd.is-editing [name=name]").fill("Mine, half typed")
    change(writer, "name", "Theirs")
    strip = reader.locator("#live-strip")
    expect(strip).to_be_visible(timeout=SOON_MS)
    expect(strip).to_contain_text(f"{name_of('administrator')} changed Name while you were editing.")
    expect(reader.locator("dd.is-editing [name=name]")).to_have_value("Mine, half typed")
    strip.get_by_role("button", name="Keep writing").click()
    expect(strip).to_be_hidden()
    reader.locator("dd.is-editing [name=name]").press("Escape")
    expect(reader.locator("#record-details [data-column=name] .value")).to_have_text("Theirs", timeout=SOON_MS)

    reader.goto(f"/customers/{record.pk}/edit")
    reader.locator("[name=name]").fill("Typed into the form")
    change(writer, "name", "Theirs again")
    expect(strip).to_contain_text("changed Name", timeout=SOON_MS)
    strip.get_by_role("button", name="Reload").click()
    expect(reader.locator("[name=name]")).to_have_value("Theirs again")


def test_a_row_of_an_open_list_changes_in_place(visit: Open) -> None:
    reader, writer = visit("sales-manager").page, visit("administrator").page
    reader.goto("/customers/")
    row = reader.locator("#list-rows > [data-row]").nth(1)
    number = (row.get_attribute("id") or "").removeprefix("row-")
    row.locator("[data-select-row]").check()
    reader.wait_for_timeout(1_500)
    writer.goto(f"/customers/{number}")
    change(writer, "name", "Changed under the list")

    expect(reader.locator(f"#row-{number}")).to_contain_text("Changed under the list", timeout=SOON_MS)
    expect(reader.locator(f"#row-{number} [data-select-row]")).to_be_checked()


def read_everything(page: Page) -> None:
    """Mark as read what other journeys had somebody told of."""
    page.locator("[data-bell]").click()
    every = page.locator("#bell-menu [aria-label='Mark all as read']")
    expect(page.locator("#bell-menu .told-head")).to_be_visible()
    if every.count():
        every.click()
    page.keyboard.press("Escape")
    expect(page.locator("[data-unread]")).to_be_hidden()


def test_a_mention_rings_the_bell_and_reading_it_in_one_tab_empties_the_other(visit: Open) -> None:
    record = customer(5)
    reader, writer = visit("sales-manager").page, visit("administrator").page
    second = reader.context.new_page()
    told_before = Notification.objects.filter(user__email="administrator@example.com").count()
    reader.goto("/tasks/")
    read_everything(reader)
    second.goto("/customers/")
    writer.goto(f"/customers/{record.pk}")
    text = writer.locator(".composer-form .composer-text")
    text.click()
    name = name_of("sales-manager")
    text.press_sequentially(f"@{name[:3]}")
    expect(writer.locator("#people-menu [role=option]").first).to_contain_text(name)
    writer.keyboard.press("Enter")
    text.press_sequentially("please call")
    writer.keyboard.press("Control+Enter")
    expect(writer.locator("#timeline .mention").first).to_have_text(f"@{name}")

    for page in (reader, second):
        expect(page.locator("[data-unread]")).to_have_text("1", timeout=SOON_MS)
    reader.locator("[data-bell]").click()
    told = reader.locator("#bell-menu .told", has_text="please call")
    expect(told).to_contain_text("addressed you")
    expect(told).to_contain_text("please call")
    told.get_by_role("button", name="Mark as read").click()
    expect(reader.locator("[data-unread]")).to_be_hidden()
    expect(second.locator("[data-unread]")).to_be_hidden(timeout=2_000)
    assert Notification.objects.filter(user__email="administrator@example.com").count() == told_before
    second.close()


def test_a_draft_survives_a_reload_and_a_lost_session_and_goes_when_it_is_posted(visit: Open) -> None:
    record = customer(6)
    seen = visit("sales-manager")
    seen.expected.add(401)
    page = seen.page
    page.goto(f"/customers/{record.pk}")
    text = page.locator(".composer-form .composer-text")
    page.keyboard.press("n")
    expect(text).to_be_focused()
    text.fill("Prefers tea to coffee")
    page.wait_for_timeout(600)
    page.reload()
    expect(text).to_have_value("Prefers tea to coffee")
    expect(page.locator(".composer-form [name=kind][value=note]")).to_be_checked()

    page.context.clear_cookies(name=re.compile("session"))
    text.press("Control+Enter")
    page.locator("[name=login]").fill("sales-manager@example.com")
    page.locator("[name=password]").fill("correct horse battery")
    page.locator("form.form .button--primary").click()
    page.goto(f"/customers/{record.pk}")
    expect(text).to_have_value("Prefers tea to coffee")
    text.click()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#timeline")).to_contain_text("Prefers tea to coffee")
    expect(text).to_have_value("")
    page.reload()
    expect(text).to_have_value("")


def test_a_comment_is_changed_deleted_and_taken_back_by_its_author(visit: Open) -> None:
    record = customer(7)
    page = visit("sales-manager").page
    page.goto(f"/customers/{record.pk}")
    page.locator(".composer-form .composer-text").fill("A slip of teh pen")
    page.keyboard.press("Control+Enter")
    entry = page.locator(".timeline-item", has_text="A slip of")
    entry.hover()
    entry.get_by_role("button", name="Change this entry").click()
    page.get_by_role("menuitem", name="Edit comment").click()
    editor = page.locator(".composer--edit .composer-text")
    expect(editor).to_have_value("A slip of teh pen")
    editor.fill("A slip of the pen")
    editor.press("Control+Enter")
    expect(entry).to_contain_text("A slip of the pen")
    expect(entry).to_contain_text("edited")
    entry.hover()
    entry.get_by_role("button", name="Change this entry").click()
    page.get_by_role("menuitem", name="Delete comment").click()
    expect(entry).to_have_count(0)
    page.locator("#toasts [data-undo]").click()
    eventually(lambda: Comment.objects.filter(record_id=record.pk, deleted_at=None).count() == 1)
    expect(entry).to_have_count(1, timeout=SOON_MS)


def test_on_a_phone_comments_bell_and_settings_fit(visit: Open) -> None:
    seen = visit("sales-manager", PHONE)
    page = seen.page
    page.goto(f"/customers/{customer(8).pk}")
    page.locator(".composer-form .composer-text").fill("From the road")
    page.locator(".composer-send").click()
    expect(page.locator("#timeline")).to_contain_text("From the road")
    page.locator("[data-bell]").click()
    expect(page.locator("#bell-menu")).to_contain_text("Notifications")
    page.keyboard.press("Escape")
    for path in ("/notifications", "/settings/notifications/", f"/customers/{customer(8).pk}"):
        page.goto(path)
        seen.settled()
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE[0], path
