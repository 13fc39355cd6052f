"""E-mail and push of notifications: gathered by record, after quiet hours, checked again when they leave."""

from __future__ import annotations

import base64
import json
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings as django_settings
from py_vapid import Vapid02

from guanxi.core.actor import SYSTEM
from guanxi.core.errors import Invalid
from guanxi.customers.customer.record_type import CUSTOMER
from guanxi.identity.actors import access_changed
from guanxi.identity.models import Role, User
from guanxi.records.changes import changes_via
from guanxi.records.models import OutboundMessage
from guanxi.records.outbox.carriers import Withdrawn
from guanxi.records.outbox.smtp import TemporaryFailure
from guanxi.records.writing import change_record
from guanxi.work.comment.services import add_comment, delete_comment
from guanxi.work.notification.carriers import _Mail, _Push
from guanxi.work.notification.models import Notification, PushSubscription
from guanxi.work.notification.outward import MAIL, PUSH, send_settled
from guanxi.work.notification.push import public_key, subscribe, unsubscribe
from guanxi.work.notification.rules import Wishes
from guanxi.work.notification.services import mark_read, save_wishes
from tests.records.screens.pages import add_customers, read, send
from tests.work.conftest import Committed
from tests.world import HOST, World

LATER = timedelta(minutes=5)


class Sink:
    """Stands for the mail server: keeps what it is given."""

    def __init__(self) -> None:
        self.mails: list[dict[str, Any]] = []

    def send(self, payload: dict[str, Any]) -> str:
        """Keep one mail."""
        self.mails.append(payload)
        return "sink"


def deliver(kind: str = MAIL) -> list[dict[str, Any]]:
    """What leaves for the queued messages of a kind, in their order; withdrawn ones are left out."""
    sink = Sink()
    for message in OutboundMessage.objects.filter(kind=kind).order_by("pk"):
        try:
            _Mail(sink).send(message.payload)  # type: ignore[arg-type]
        except Withdrawn:
            continue
    return sink.mails


@pytest.fixture
def told(sandbox: World, committed: Committed) -> int:
    """A customer of Mei's that Bo has changed and commented on."""
    pk = add_customers(sandbox, "mei", ["Changing <b>x</b>"], city="Wuxi")[0]
    save_wishes(sandbox.actor("mei"), Wishes({"changed": ["app", "mail"]}))
    with committed(), changes_via("web"):
        change_record(CUSTOMER.model._default_manager.get(pk=pk), actor=sandbox.actor("bo"), city="Suzhou")
    with committed(), changes_via("web"):
        add_comment(CUSTOMER, pk, "Please call <i>today</i>", actor=sandbox.actor("bo"))
    return pk


def test_several_events_of_one_record_are_one_mail_with_all_wished_for(sandbox: World, told: int) -> None:
    assert send_settled() == 0  # it waits for what may still come
    assert send_settled(datetime.now(UTC) + LATER) == 1
    assert send_settled(datetime.now(UTC) + LATER) == 0  # once

    message = OutboundMessage.objects.get(kind=MAIL)
    assert (message.recipient, "Changing" in json.dumps(message.payload)) == ("mei@example.com", False)
    (mail,) = deliver()
    assert mail["to"] == "mei@example.com"
    assert mail["subject"] == "Changing <b>x</b>: 2 notifications"
    assert "City: Wuxi → Suzhou" in mail["text"]
    assert "Please call <i>today</i>" in mail["text"]
    assert f"{django_settings.PUBLIC_URL}/customers/{told}\n" in mail["text"]
    assert "Please call &lt;i&gt;today&lt;/i&gt;" in mail["html"]
    assert "<b>x</b>" not in mail["html"]
    assert mail["message_id"] == message.payload["message_id"]


def test_a_mail_is_in_the_readers_language(sandbox: World, told: int) -> None:
    User.objects.filter(pk=sandbox.users["mei"].pk).update(language="zh-hans")
    access_changed()
    send_settled(datetime.now(UTC) + LATER)

    (mail,) = deliver()
    assert mail["subject"] == "Changing <b>x</b>：2 条通知"
    assert "修改通知方式" in mail["text"]


def test_what_was_read_taken_back_or_hidden_meanwhile_is_not_sent(sandbox: World, told: int) -> None:
    save_wishes(sandbox.actor("mei"), Wishes({"changed": ["mail"], "comment": ["mail"]}))
    send_settled(datetime.now(UTC) + LATER)
    role = Role._default_manager.get(key="mei")
    role.hidden_fields = {"customer": ["city"]}
    role.save()
    access_changed()
    (mail,) = deliver()
    assert "Suzhou" not in mail["text"] + mail["html"]
    assert "City" not in mail["text"] + mail["html"]

    from guanxi.work.comment.models import Comment

    delete_comment(CUSTOMER, told, Comment.objects.get(record_id=told).pk, actor=sandbox.actor("bo"))
    assert deliver() == []


def test_who_lost_sight_of_the_record_gets_no_mail_of_it(sandbox: World, told: int) -> None:
    send_settled(datetime.now(UTC) + LATER)
    assert len(deliver()) == 1
    carla = sandbox.users["carla"]
    change_record(CUSTOMER.model._default_manager.get(pk=told), actor=SYSTEM, owner=carla.pk, team=carla.team_id)

    assert deliver() == []


def test_what_was_read_in_the_program_is_not_mailed(sandbox: World, told: int) -> None:
    mark_read(sandbox.actor("mei"), "customer", told)

    assert send_settled(datetime.now(UTC) + LATER) == 0
    assert OutboundMessage.objects.filter(kind=MAIL).count() == 0


def test_in_quiet_hours_mail_waits_and_mentions_come_through_where_wished(
    sandbox: World, committed: Committed, told: int
) -> None:
    mei = sandbox.actor("mei")
    night = datetime(2036, 3, 2, 15, tzinfo=UTC)  # 23:00 in Shanghai
    hours = {"quiet_from": time(22), "quiet_to": time(7)}
    save_wishes(mei, Wishes({}, **hours, mentions_break_quiet=True))
    assert send_settled(night) == 0
    with committed(), changes_via("web"):
        add_comment(CUSTOMER, told, "@Mei now", actor=sandbox.actor("bo"))

    assert send_settled(night) == 1
    assert [mail["subject"] for mail in deliver()] == ["Bo addressed you: Changing <b>x</b>"]
    save_wishes(mei, Wishes({}, **hours))
    assert send_settled(night) == 0
    assert send_settled(night + timedelta(hours=9)) == 1
    assert Notification.objects.filter(is_outward=True).count() == 0


def test_who_is_deactivated_gets_nothing_and_the_rest_goes_on(sandbox: World, told: int) -> None:
    User.objects.filter(pk=sandbox.users["mei"].pk).update(is_active=False)
    access_changed()

    assert send_settled(datetime.now(UTC) + LATER) == 0
    assert Notification.objects.filter(is_outward=True).count() == 0


# -- push


class _Service(BaseHTTPRequestHandler):
    taken: list[tuple[dict[str, str], bytes]] = []
    status = 201

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).taken.append((dict(self.headers), body))
        self.send_response(type(self).status)
        self.send_header("Location", "/message/1")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture
def push_service(settings: Any) -> Iterator[str]:
    """The address of a push service on this machine."""
    key = Vapid02()
    key.generate_keys()
    number = key.private_key.private_numbers().private_value
    settings.PUSH_KEY = base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()
    settings.PUSH_HOSTS = ("127.0.0.1",)
    _Service.taken, _Service.status = [], 201
    server = HTTPServer(("127.0.0.1", 0), _Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/push/1"
    server.shutdown()
    server.server_close()


def browser() -> tuple[ec.EllipticCurvePrivateKey, bytes, dict[str, str]]:
    """The keys of a browser: the private one, the secret, and what it tells us."""
    key, secret = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    text = {
        name: base64.urlsafe_b64encode(value).rstrip(b"=").decode()
        for name, value in (("p256dh", point), ("auth", secret))
    }
    return key, secret, text


def test_a_push_is_encrypted_for_its_browser_and_signed_by_us(sandbox: World, told: int, push_service: str) -> None:
    key, secret, keys = browser()
    send(sandbox.clients["mei"], "/notifications/push", {"endpoint": push_service, **keys}, 204)
    save_wishes(sandbox.actor("mei"), Wishes({"comment": ["push"]}))
    send_settled(datetime.now(UTC) + LATER)

    message = OutboundMessage.objects.get(kind=PUSH)
    assert _Push().send(message.payload) == "/message/1"
    headers, body = _Service.taken[0]
    said = json.loads(http_ece.decrypt(body, private_key=key, auth_secret=secret, version="aes128gcm"))
    assert said == {
        "title": "Bo commented: Changing <b>x</b>", "body": "Please call <i>today</i>", "url": f"/customers/{told}",
        "tag": f"customer:{told}", "unread": 1,
    }  # fmt: skip
    assert headers["Authorization"].startswith("vapid t=")
    assert f"k={public_key()}" in headers["Authorization"]
    assert (headers["Content-Encoding"], int(headers["Ttl"]) > 0) == ("aes128gcm", True)


def test_a_forgotten_subscription_is_forgotten_and_a_busy_service_is_asked_again(
    sandbox: World, told: int, push_service: str
) -> None:
    subscribe(sandbox.actor("mei"), push_service, **browser()[2])
    save_wishes(sandbox.actor("mei"), Wishes({"comment": ["push"]}))
    send_settled(datetime.now(UTC) + LATER)
    payload = OutboundMessage.objects.get(kind=PUSH).payload
    _Service.status = 503
    with pytest.raises(TemporaryFailure):
        _Push().send(payload)
    _Service.status = 410
    with pytest.raises(Withdrawn):
        _Push().send(payload)

    assert PushSubscription.objects.count() == 0


@pytest.mark.parametrize(
    "endpoint",
    ["http://169.254.169.254/latest", "https://evil.example/x", "https://127.0.0.1.evil.example/", "file:///etc/passwd",
     "https://user@127.0.0.1:1/x", ""],
)  # fmt: skip
def test_only_known_push_services_are_ever_called(sandbox: World, push_service: str, endpoint: str) -> None:
    with pytest.raises(Invalid):
        subscribe(sandbox.actor("mei"), endpoint, **browser()[2])
    send(sandbox.clients["mei"], "/notifications/push", {"endpoint": endpoint, **browser()[2]}, 422)
    assert PushSubscription.objects.count() == 0


def test_push_is_offered_only_where_a_key_is_set(sandbox: World, push_service: str, settings: Any) -> None:
    assert "data-push-key" in read(sandbox.clients["mei"], "/settings/notifications/")
    subscribe(sandbox.actor("mei"), push_service, **browser()[2])
    unsubscribe(sandbox.actor("bo"), push_service)
    assert PushSubscription.objects.count() == 1
    settings.PUSH_KEY = ""

    assert "data-push-key" not in read(sandbox.clients["mei"], "/settings/notifications/")
    assert sandbox.clients["mei"].post("/notifications/push", {"endpoint": push_service}, **HOST).status_code == 403
