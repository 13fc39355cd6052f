"""On the way without a connection: the day is read, work is written down, and all of it arrives once, in its order."""

from __future__ import annotations

import re
from time import monotonic

import pytest
from playwright.sync_api import Page, expect

from guanxi.customers.customer.models import Customer
from guanxi.work.models import Attachment, Note, Task
from tests.journeys.browser import PHONE, ask
from tests.journeys.conftest import Open

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

KEPT = """wanted => caches.open('guanxi-day').then(cache => cache.keys())
  .then(keys => { const paths = keys.map(each => new URL(each.url).pathname); return wanted.every(each => paths.includes(each)); })"""


def until_kept(page: Page, *paths: str) -> None:
    """Wait until the device holds the pages at these addresses."""
    end = monotonic() + 60
    while not page.evaluate(KEPT, list(paths)):
        assert monotonic() < end, paths
        page.wait_for_timeout(200)


def back_online(page: Page) -> None:
    """Give the connection back; the page that is read as it was kept loads itself again."""
    with page.expect_event("load"):
        page.context.set_offline(False)
    expect(page.locator("#offline-banner")).to_be_hidden()


def test_a_day_without_a_connection_is_read_and_written_and_arrives_once(visit: Open) -> None:
    customer = Customer.objects.filter(deleted_at=None).order_by("pk")[0]
    seen = visit("sales-manager", PHONE)
    seen.expected |= {409}
    page = seen.page
    me = page.evaluate("fetch('/api/v1/session').then(answer => answer.json())")["user"]["id"]
    about = {"customer": customer.pk, "owner": me, "due_at": "2020-01-01T08:00:00Z"}
    calm = ask(page, "POST", "/api/v1/tasks", subject="Call back", **about)
    contested = ask(page, "POST", "/api/v1/tasks", subject="Send the offer", **about)
    page.evaluate("caches.delete('guanxi-day')")  # what was kept before there was anything to do
    page.goto("/")
    path = f"/customers/{customer.pk}"
    until_kept(page, "/my-day", "/", "/tasks/quick", path)

    page.context.set_offline(True)
    page.goto("/")
    expect(page.locator("#offline-banner")).to_contain_text(re.compile(r"This is as of \d\d:\d\d"))
    page.evaluate("window.here = true; for (const each of ['beforeunload', 'online']) dispatchEvent(new Event(each))")
    page.wait_for_timeout(500)
    assert page.evaluate("window.here"), "who is on the way to another page was taken back to this one"
    for task in (calm, contested):
        page.get_by_role("button", name=f"Mark “{task['subject']}” as done").click()
    expect(page.locator("#waiting")).to_contain_text("2 changes wait to be sent")
    page.goto(path)
    page.get_by_role("button", name="New task").first.click()
    page.locator("dialog[open] [name=subject]").fill("Bring tea")
    page.locator("dialog[open] button[type=submit]").click()
    expect(page.locator("#waiting")).to_contain_text("3 changes wait to be sent")
    page.goto("/value/")
    expect(page.locator("[data-offline-page]")).to_contain_text("Send the offer")

    other = visit("administrator").page
    ask(other, "PATCH", f"/api/v1/tasks/{contested['id']}", status="waiting")
    back_online(page)
    page.goto("/")
    expect(page.locator("#waiting")).to_contain_text("changed meanwhile")
    expect(page.locator("#waiting li")).to_have_count(1)
    assert Task._default_manager.get(pk=calm["id"]).status == "done"
    assert Task._default_manager.get(pk=contested["id"]).status == "waiting"
    made = Task._default_manager.get(subject="Bring tea")
    assert made.customer_id == customer.pk

    page.locator("#waiting").get_by_role("button", name="Keep mine").click()
    expect(page.locator("#waiting")).to_be_hidden()
    assert Task._default_manager.get(pk=contested["id"]).status == "done"


def test_a_note_and_a_photo_from_the_road_arrive_once(visit: Open) -> None:
    page = visit("sales-manager", PHONE).page
    customer = Customer.objects.filter(deleted_at=None).order_by("pk")[1]
    path = f"/customers/{customer.pk}"
    page.goto("/")
    until_kept(page, "/my-day", "/")
    page.goto(path)
    until_kept(page, path, f"{path}/around")

    page.context.set_offline(True)
    page.goto(path)
    text = page.locator(".composer-form .composer-text")
    text.fill("Their shop closes at six")
    page.locator(".composer-form .segmented-choice", has_text="Note").click()
    page.locator(".composer-send").click()
    expect(page.locator("#waiting")).to_contain_text("1 change waits to be sent")
    expect(text).to_have_value("")
    photo = {"name": "door.jpg", "mimeType": "image/jpeg", "buffer": b"a door"}
    page.locator("[data-files-camera]").set_input_files(photo)
    expect(page.locator("#waiting")).to_contain_text("2 changes wait to be sent")
    expect(page.locator("#waiting")).to_contain_text("door.jpg")
    page.reload()
    expect(text).to_have_value("")
    assert not Note._default_manager.filter(customer=customer, body="Their shop closes at six").exists()

    back_online(page)
    expect(page.locator("#waiting")).to_be_hidden(timeout=15_000)
    expect(page.locator("#timeline")).to_contain_text("Their shop closes at six", timeout=15_000)
    note = Note._default_manager.get(customer=customer, body="Their shop closes at six")
    assert note.author is not None
    assert note.author.email == "sales-manager@example.com"
    assert Attachment._default_manager.get(customer=customer, name="door.jpg").size == len(b"a door")


def test_signing_out_takes_the_day_off_the_device(visit: Open) -> None:
    seen = visit("sales-manager", PHONE)
    page = seen.page
    page.goto("/")
    until_kept(page, "/my-day", "/")
    page.locator(".bottom-bar button").click()
    page.locator("#more-sheet form[action*=logout] button").click()
    page.wait_for_url("**/account/login/**")
    assert page.evaluate("caches.keys()") == ["guanxi-files"]
    kept = page.evaluate(
        "caches.open('guanxi-files').then(cache => cache.keys()).then(keys => keys.map(each => new URL(each.url).pathname))"
    )
    assert [each for each in kept if not each.startswith("/static/dist/")] == ["/offline"]
    page.context.set_offline(True)
    page.goto("/")
    expect(page.locator("[data-offline-page]")).to_be_visible()
    expect(page.locator("[data-day]")).to_be_hidden()
    page.context.set_offline(False)


def test_a_desktop_keeps_nothing_unless_it_is_told_to(visit: Open) -> None:
    page = visit("sales-manager").page
    page.wait_for_timeout(1_500)
    assert page.evaluate("caches.keys()") == []
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then(all => all.length)") == 0
    page.locator(".user-button").click()
    page.locator("#user-menu [data-set='offline:on']").click()
    expect(page.locator("#user-menu [data-set='offline:on']")).to_have_attribute("aria-pressed", "true")
    until_kept(page, "/my-day", "/")


def test_the_manifest_installs_the_company_with_icons_that_exist(visit: Open) -> None:
    page = visit("administrator").page
    manifest = page.evaluate("fetch('/manifest.webmanifest').then(answer => answer.json())")
    assert manifest["display"] == "standalone"
    assert manifest["start_url"] == manifest["scope"] == manifest["id"] == "/"
    for each in manifest["icons"]:
        drawn = page.evaluate(
            "src => new Promise((done, fail) => { const image = new Image(); image.onload = () => done([image.naturalWidth, image.naturalHeight]);"
            " image.onerror = fail; image.src = src; })",
            each["src"],
        )
        size = each["sizes"]
        assert size == "any" or drawn == [int(part) for part in size.split("x")], each
