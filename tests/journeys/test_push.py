"""Push in a real browser, as far as a machine without a push service goes: its failure is said; what comes is shown."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import http_ece
import pytest
from playwright.sync_api import Page, expect

from guanxi.customers.customer.models import Customer
from guanxi.identity.models import User
from guanxi.records.models import OutboundMessage
from guanxi.records.outbox.delivery import deliver_waiting
from guanxi.work.notification.models import Notification, PushSubscription
from guanxi.work.notification.outward import PUSH, send_settled
from guanxi.work.notification.push import public_key
from guanxi.work.notification.rules import Wishes
from guanxi.work.notification.services import save_wishes, tell
from tests.journeys.conftest import Open
from tests.work.test_outward import _Service, browser, push_service

__all__ = ["push_service"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db]
# Stands for what a browser makes at its push service: keys that the test holds, at an address of this machine.
SUBSCRIBE = """([endpoint, keys]) => {
  const bytes = text => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), each => each.charCodeAt(0)).buffer;
  PushManager.prototype.subscribe = async options => {
    window.asked = btoa(String.fromCharCode(...new Uint8Array(options.applicationServerKey)));
    return {endpoint, getKey: name => bytes(keys[name]), unsubscribe: async () => true};
  };
}"""


@pytest.fixture
def settings_page(visit: Open, push_service: str) -> Iterator[Page]:
    """The settings of notifications of somebody whose browser may show them."""
    seen = visit("sales-manager")
    seen.page.context.grant_permissions(["notifications"])
    Notification.objects.update(is_outward=False)  # what other journeys left to be told
    seen.page.goto("/settings/notifications/")
    yield seen.page
    seen.complaints[:] = [each for each in seen.complaints if "Push API in incognito mode" not in each]
    PushSubscription.objects.all().delete()
    OutboundMessage.objects.filter(kind=PUSH).delete()


def test_a_browser_without_a_push_service_says_so_and_nothing_is_kept(settings_page: Page) -> None:
    card = settings_page.locator("[data-push]")
    expect(card).to_contain_text("This browser is not told.")
    card.get_by_role("button", name="Turn push on here").click()

    expect(card).to_contain_text("This browser can't reach its push service just now.")
    expect(card.get_by_role("button", name="Turn push on here")).to_be_enabled()
    assert PushSubscription.objects.count() == 0


def test_what_the_push_service_gets_is_shown_by_the_worker_of_that_browser(
    settings_page: Page, push_service: str
) -> None:
    page = settings_page
    key, secret, keys = browser()
    page.evaluate(SUBSCRIBE, [push_service, keys])
    page.get_by_role("button", name="Turn push on here").click()
    expect(page.locator("[data-push]")).to_contain_text("This browser is told.")
    asked = base64.urlsafe_b64encode(base64.b64decode(page.evaluate("window.asked"))).rstrip(b"=").decode()
    assert asked == public_key()
    user = User.objects.get(email="sales-manager@example.com")
    assert PushSubscription.objects.get().user_id == user.pk

    said = _delivered(page, user, key, secret)
    _deliver_to_worker(page, said)
    shown = page.evaluate(
        "navigator.serviceWorker.ready.then(each => each.getNotifications())"
        ".then(all => all.map(each => [each.title, each.tag, each.data.url]))"
    )
    assert shown == [[said["title"], said["tag"], said["url"]]]


def _delivered(page: Page, user: User, key: Any, secret: bytes) -> dict[str, Any]:
    """What our push service got for this user, opened as only that browser can."""
    from guanxi.identity.actors import actor_of

    actor = actor_of(user.pk)
    assert actor is not None
    save_wishes(actor, Wishes({"changed": ["push"]}))
    customer = Customer.objects.filter(deleted_at=None).order_by("pk")[3]
    tell({user.pk: "changed"}, record_type="customer", record_id=customer.pk, actor_id=None, source="change:1")
    send_settled(datetime.now(UTC) + timedelta(minutes=5))
    deliver_waiting()
    (_headers, body) = _Service.taken[0]
    said: dict[str, Any] = json.loads(http_ece.decrypt(body, private_key=key, auth_secret=secret, version="aes128gcm"))
    assert said["url"] == f"/customers/{customer.pk}"
    return said


def _deliver_to_worker(page: Page, said: dict[str, Any]) -> None:
    """Hand a message to the service worker as the browser does with what it has opened."""
    session = page.context.new_cdp_session(page)
    found: list[str] = []
    session.on("ServiceWorker.workerRegistrationUpdated",
               lambda event: found.extend(each["registrationId"] for each in event["registrations"]))  # fmt: skip
    session.send("ServiceWorker.enable")
    page.wait_for_timeout(500)
    origin = page.evaluate("location.origin")
    session.send("ServiceWorker.deliverPushMessage",
                 {"origin": origin, "registrationId": found[0], "data": json.dumps(said)})  # fmt: skip
    page.wait_for_timeout(500)
