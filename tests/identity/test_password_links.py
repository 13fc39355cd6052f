"""The ways back in: reset mails and links of administrators; each works once, for its user, for its time."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.core import signing
from django.test import Client
from pytest_django.fixtures import Settings

from guanxi.core.actor import SYSTEM
from guanxi.core.errors import Invalid, NotAllowed, NotFound
from guanxi.identity.password_link.services import password_link, send_password_link, set_password, user_of_link
from guanxi.identity.user.models import User
from guanxi.identity.user.services import change_access
from guanxi.records.models import Change, OutboundMessage
from tests.identity.conftest import PASSWORD, Person, as_actor, browser, sign_in, signed_in

RESET = "/account/password/reset/"
NEW = "another horse battery"


def link_in_mail(email: str) -> str:
    """The path of the link in the last mail to an address."""
    text = OutboundMessage.objects.filter(recipient=email).latest("pk").payload["text"]
    found = re.search(r"https?://[^/\s]+(/\S+)", text)
    assert found is not None
    return found[1]


def follow(client: Client, path: str, password: str = NEW) -> int:
    """Open a reset link and set a password; returns the status of the last answer."""
    opened = client.get(path)
    if opened.status_code != 302:
        return opened.status_code
    form = opened["Location"]
    return client.post(form, {"password1": password, "password2": password}).status_code


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> list[timedelta]:
    """Move the clock of signed links forward: put how far into the list."""
    shift: list[timedelta] = []
    real = signing.time.time
    monkeypatch.setattr(signing.time, "time", lambda: real() + sum(item.total_seconds() for item in shift))
    return shift


def test_a_reset_mail_sets_a_new_password_once(person: Person) -> None:
    user = person()
    client = browser()
    assert client.post(RESET, {"email": user.email}).status_code == 302
    path = link_in_mail(user.email)
    assert follow(browser(), path) == 302
    assert sign_in(browser(), user, NEW).status_code == 302
    assert sign_in(browser(), user, PASSWORD).status_code == 200
    assert follow(browser(), path, "a third horse battery") == 200, "used already"


def test_an_unknown_address_gets_the_same_answer_and_no_mail(person: Person) -> None:
    person()
    known, unknown = (
        browser().post(RESET, {"email": "mei@example.com"}),
        browser().post(RESET, {"email": "x@example.com"}),
    )
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert list(OutboundMessage.objects.values_list("recipient", flat=True)) == ["mei@example.com"]


def test_a_reset_ends_every_session(person: Person) -> None:
    user = person()
    elsewhere = signed_in(user)
    browser().post(RESET, {"email": user.email})
    follow(browser(), link_in_mail(user.email))
    assert elsewhere.get("/customers/").status_code == 302


def test_a_reset_link_dies_when_the_user_signs_in(person: Person) -> None:
    user = person()
    browser().post(RESET, {"email": user.email})
    path = link_in_mail(user.email)
    User._default_manager.filter(pk=user.pk).update(last_login=datetime(2020, 1, 1).astimezone())
    assert browser().get(path).status_code == 200, "the page that says so, not the form"


def test_a_reset_link_lives_thirty_minutes(settings: Settings) -> None:
    assert settings.PASSWORD_RESET_TIMEOUT == 30 * 60


def test_a_forged_host_never_gets_into_a_mail(person: Person, settings: Settings) -> None:
    settings.ORIGINS = ["https://crm.example.com"]
    person()
    Client(HTTP_HOST="localhost").post(RESET, {"email": "mei@example.com"}, HTTP_X_FORWARDED_HOST="evil.example")
    assert Client(HTTP_HOST="evil.example").post(RESET, {"email": "mei@example.com"}).status_code == 400
    texts = [item.payload["text"] for item in OutboundMessage.objects.all()]
    assert len(texts) == 1
    assert "https://crm.example.com/account/password/reset/key/" in texts[0]
    assert "evil" not in texts[0]


def test_mail_is_written_in_the_users_language(person: Person) -> None:
    user = person("wei", language="zh-hans")
    browser().post(RESET, {"email": user.email})
    assert OutboundMessage.objects.get().payload["subject"] == "为关系 CRM 设置新密码"


def test_an_invited_user_sets_the_first_password_and_is_in(person: Person) -> None:
    boss = person("boss", "administrator")
    client = signed_in(boss)
    answer = client.post("/settings/users/new/", {
        "email": "New@Example.com", "name": "Ning", "roles": ["salesperson"], "language": "en",
        "time_zone": "UTC",
    })  # fmt: skip
    assert answer.status_code == 302
    user = User._default_manager.get(email="new@example.com")
    assert not user.has_usable_password()
    fresh = browser()
    path = link_in_mail("new@example.com")
    assert fresh.get(path).status_code == 200
    assert fresh.post(path, {"password": NEW, "again": "something else here"}).status_code == 422
    assert fresh.post(path, {"password": "short", "again": "short"}).status_code == 422
    assert fresh.post(path, {"password": NEW, "again": NEW}).status_code == 302
    assert fresh.get("/customers/").status_code == 200
    assert browser().get(path).status_code == 404


def test_a_password_link_dies_after_three_days(person: Person, later: list[timedelta]) -> None:
    token = password_link(person()).split("/")[-2]
    later.append(timedelta(days=2, hours=23))
    assert user_of_link(token).email == "mei@example.com"
    later.append(timedelta(hours=2))
    with pytest.raises(NotFound):
        user_of_link(token)


def test_a_password_link_of_a_deactivated_user_opens_nothing(person: Person) -> None:
    user = person()
    token = password_link(user).split("/")[-2]
    change_access(user, actor=SYSTEM, role_keys=["salesperson"], team_id=None, territories=(), is_active=False)
    with pytest.raises(NotFound):
        set_password(token, NEW, NEW)
    with pytest.raises(Invalid):
        send_password_link(User._default_manager.get(pk=user.pk), actor=SYSTEM, base_url="http://localhost")


@pytest.mark.parametrize("token", ["x", "eyJ1c2VyIjoxfQ:1:abc", "%00", "a" * 2000])
def test_a_forged_password_link_is_not_there(token: str) -> None:
    assert browser().get(f"/password/{token}/").status_code == 404


def test_only_administrators_send_password_links(person: Person) -> None:
    user, manager = person(), person("bo", "sales-manager")
    with pytest.raises(NotAllowed):
        send_password_link(user, actor=as_actor(manager), base_url="http://localhost")
    assert not OutboundMessage.objects.exists()


def test_sending_a_link_is_in_the_log_without_the_link(person: Person) -> None:
    user = person()
    send_password_link(user, actor=SYSTEM, base_url="http://localhost")
    change = Change.objects.get(record_type="user", record_id=user.pk, verb="password_link_sent")
    assert change.fields == {}
