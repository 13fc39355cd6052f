"""The settings: who may enter, what each page saves, and that a refusal writes nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.urls import URLPattern, get_resolver, reverse
from django.utils import translation

from guanxi.core.actor import SYSTEM
from guanxi.core.errors import Conflict, Invalid, NotAllowed
from guanxi.identity.administration.task_titles import title_of
from guanxi.identity.company.models import Company
from guanxi.identity.company.services import change_company, parse_rates
from guanxi.identity.role.models import Role
from guanxi.identity.setup import issue_setup_link
from guanxi.identity.shaping import urls as shaping_urls
from guanxi.identity.team.models import Team
from guanxi.identity.urls import urlpatterns
from guanxi.identity.user.models import User
from guanxi.identity.user.services import change_preferences
from guanxi.records.changes import record_change
from guanxi.records.models import Change, OutboundMessage, SourceSystem
from guanxi.records.outbox.queue import queue_message
from guanxi.records.outbox.services import retry_message, withdraw_message
from guanxi.records.source_systems import add_source, change_source
from tests.identity.conftest import Person, as_actor, browser, signed_in

FOR_EVERYBODY = {
    "settings.home",
    "settings.profile",
    "settings.security",
    "settings.sessions.end",
    "settings.session.end",
}
NAMES = [
    item.name for item in urlpatterns if isinstance(item, URLPattern) and (item.name or "").startswith("settings.")
]


def address(name: str, number: int = 1) -> str:
    """The address of a settings page."""
    pattern = next(item for item in urlpatterns if isinstance(item, URLPattern) and item.name == name)
    return reverse(name, args=[number] * pattern.pattern.regex.groups)  # type: ignore[attr-defined]


def the_company() -> Company:
    """The company as stored."""
    return Company._default_manager.get(pk=1)


@pytest.mark.parametrize("name", NAMES)
def test_strangers_are_asked_to_sign_in(name: str) -> None:
    for method in ("get", "post"):
        answer = getattr(browser(), method)(address(name))
        assert answer.status_code == 302
        assert answer["Location"].startswith("/account/login/")


@pytest.mark.parametrize("name", [name for name in NAMES if name not in FOR_EVERYBODY])
def test_only_administrators_enter_the_settings_of_the_company_and_refusals_write_nothing(
    name: str, person: Person
) -> None:
    client = signed_in(person("bo", "sales-manager"))
    before = (Change.objects.count(), User._default_manager.count(), Role._default_manager.count())
    for method in ("get", "post"):
        for headers in ({}, {"HTTP_HX_REQUEST": "true"}):
            assert getattr(client, method)(address(name), **headers).status_code == 403
    assert (Change.objects.count(), User._default_manager.count(), Role._default_manager.count()) == before


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_opens_in_both_languages(language: str, person: Person) -> None:
    boss = person("boss", "administrator", language=language)
    client = signed_in(boss)
    queue_message(kind="email", recipient="a@example.com", payload={"subject": "s"})
    source = add_source(actor=SYSTEM, name="Shop")
    numbers = {"settings.user": boss.pk, "settings.user.sights": boss.pk, "settings.source": source.pk,
               "settings.role": Role._default_manager.get(key="analyst").pk}  # fmt: skip
    posts = {"settings.sessions.end", "settings.session.end", "settings.user.link", "settings.user.factors",
             "settings.role.delete", "settings.outbox.hold", "settings.outbox.release", "settings.outbox.retry",
             "settings.outbox.withdraw", "settings.job.again"}  # fmt: skip
    for name in NAMES:
        answer = client.get(address(name, numbers.get(name, 1)))
        assert answer.status_code == (405 if name in posts else 302 if name == "settings.home" else 200), name
        assert ("设置" in answer.content.decode()) is (language == "zh-hans" and answer.status_code == 200), name


def test_a_user_saves_own_preferences_and_nothing_else(person: Person) -> None:
    user = person()
    client = signed_in(user)
    sent = {"part": "screen", "language": "zh-hans", "time_zone": "Europe/Paris", "theme": "dark", "density": "compact"}
    assert client.post("/settings/profile/", {**sent, "is_active": "", "roles": "administrator"}).status_code == 302
    user.refresh_from_db()
    assert (user.language, user.time_zone, user.theme, user.density) == ("zh-hans", "Europe/Paris", "dark", "compact")
    assert user.shortcuts is False
    assert [role.key for role in user.roles.all()] == ["salesperson"]
    assert client.post("/settings/profile/", {**sent, "time_zone": "Mars/Base"}).status_code == 422
    user.refresh_from_db()
    assert user.time_zone == "Europe/Paris"


@pytest.mark.parametrize(("path", "values"), [
    ("users/{other}/edit", {"email": "x@example.com", "is_active": "", "team": "1"}),
    ("users/{me}/edit", {"name": "Me", "is_administrator": "1", "roles": "administrator"}),
    ("teams/new", {"name": "Mine"}),
    ("territories/new", {"name": "Mine"}),
])  # fmt: skip
def test_generic_pages_change_no_users_teams_or_territories(path: str, values: dict[str, str], person: Person) -> None:
    me, other = person("bo", "sales-manager"), person("mei")
    before = list(User._default_manager.order_by("pk").values())
    client = signed_in(me)
    before = list(User._default_manager.order_by("pk").values())
    answer = client.post(f"/{path.format(me=me.pk, other=other.pk)}", values)
    assert answer.status_code in (403, 404)
    assert list(User._default_manager.order_by("pk").values()) == before
    assert not Team._default_manager.exists()


def test_not_even_an_administrator_changes_rights_through_a_record_form(person: Person) -> None:
    boss, other = person("boss", "administrator"), person("mei")
    sent = {"name": "Mei Li", "job_title": "", "email": "x@example.com", "is_active": "", "password": "x", "roles": "1"}
    signed_in(boss).post(f"/users/{other.pk}/edit", {**sent, "version": other.version})
    other.refresh_from_db()
    assert (other.email, other.is_active, other.has_usable_password()) == ("mei@example.com", True, True)
    assert [role.key for role in other.roles.all()] == ["salesperson"]


def test_saving_a_role_page_as_it_is_changes_nothing(person: Person) -> None:
    client = signed_in(person("boss", "administrator"))
    role = Role._default_manager.get(key="service-agent")
    page = client.get(address("settings.role", role.pk)).content.decode()
    assert client.post(address("settings.role", role.pk), posted_by(page)).status_code == 302
    saved = Role._default_manager.get(pk=role.pk)
    assert (saved.permissions, saved.hidden_fields) == (
        {t: {v: s for v, s in verbs.items() if s != "none"} for t, verbs in role.permissions.items()},
        {name: sorted(fields) for name, fields in role.hidden_fields.items()},
    )


def posted_by(page: str) -> dict[str, Any]:
    """What the role form would send: chosen options, ticked boxes, texts."""
    from html.parser import HTMLParser

    class Form(HTMLParser):
        values: dict[str, Any]
        select = ""

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            given = dict(attrs)
            name = given.get("name") or ""
            if tag == "select":
                self.select = name
            elif tag == "option" and "selected" in given:
                self.values[self.select] = given["value"]
            elif tag == "input" and given.get("type") == "checkbox" and "checked" in given:
                self.values.setdefault(name, []).append(given["value"])
            elif tag == "input" and given.get("type") != "checkbox" and name in ("name", "description", "version"):
                self.values[name] = given.get("value") or ""

    form = Form()
    form.values = {}
    form.feed(page)
    return form.values


def test_the_company_saves_one_card_and_logs_what_changed(person: Person) -> None:
    client = signed_in(person("boss", "administrator"))
    version = the_company().version
    sent = {"part": "money", "version": str(version), "base_currency": "EUR", "rates": "USD 0,92"}
    assert client.post("/settings/company/", sent).status_code == 422
    assert client.post("/settings/company/", {**sent, "rates": "USD 0.92\nCNY=0.13"}).status_code == 302
    saved = the_company()
    assert (saved.base_currency, saved.rates, saved.version) == ("EUR", {"USD": "0.92", "CNY": "0.13"}, version + 1)
    change = Change.objects.filter(record_type="company").latest("pk")
    assert change.fields["base_currency"] == ["CNY", "EUR"]
    assert client.post("/settings/company/", {**sent, "rates": "", "version": str(version)}).status_code == 422
    assert the_company().rates == {"USD": "0.92", "CNY": "0.13"}, (
        "somebody who read an older version overwrites nothing"
    )


@pytest.mark.parametrize("values", [
    {"name": " "}, {"language": "xx"}, {"time_zone": "Mars/Base"}, {"base_currency": "XXX"}, {"fiscal_year_start": 13},
    {"phone_region": "ZZ"}, {"access_version": 9}, {"is_demo": True},
])  # fmt: skip
def test_settings_that_make_no_sense_are_refused(values: dict[str, Any]) -> None:
    before = the_company()
    with pytest.raises(Invalid):
        change_company(actor=SYSTEM, **values)
    assert the_company().version == before.version


def test_only_administrators_change_the_company(person: Person) -> None:
    with pytest.raises(NotAllowed):
        change_company(actor=as_actor(person("bo", "sales-manager")), name="Mine")


def test_two_who_change_the_company_at_once_do_not_overwrite_each_other() -> None:
    version = the_company().version
    change_company(actor=SYSTEM, version=version, name="First")
    with pytest.raises(Conflict):
        change_company(actor=SYSTEM, version=version, name="Second")
    assert the_company().name == "First"


@pytest.mark.parametrize("text", ["USD", "USD x", "US 1", "USD -1", "USD 0", "USD NaN", "USD Infinity", "美元 7"])
def test_rates_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(Invalid):
        parse_rates(text)


def test_rates_are_kept_as_they_were_typed() -> None:
    assert parse_rates("usd 7.1200\n\n EUR = 8.3 ") == {"USD": "7.1200", "EUR": "8.3"}
    assert Decimal(parse_rates("USD 7.1200")["USD"]) == Decimal("7.12")


def test_a_source_system_is_named_once() -> None:
    shop = add_source(actor=SYSTEM, name="网店", color="teal")
    again = add_source(actor=SYSTEM, name="门店", color="blue")
    assert shop.key != again.key
    with pytest.raises(Invalid):
        add_source(actor=SYSTEM, name="网店")
    with pytest.raises(Invalid):
        change_source(again, actor=SYSTEM, name="网店", color="blue")
    change_source(again, actor=SYSTEM, name="门店一", color="pink")
    assert SourceSystem.objects.get(pk=again.pk).name == "门店一"


def test_a_message_given_up_is_sent_again_and_a_waiting_one_is_withdrawn(person: Person) -> None:
    client = signed_in(person("boss", "administrator"))
    dead = queue_message(kind="email", recipient="a@example.com", payload={"subject": "s"})
    OutboundMessage.objects.filter(pk=dead.pk).update(state="dead", attempts=10)
    assert client.post(f"/settings/outbox/{dead.pk}/retry/").status_code == 302
    dead.refresh_from_db()
    assert (dead.state, dead.attempts) == ("queued", 0)
    with pytest.raises(Invalid):
        retry_message(dead.pk, actor=SYSTEM)
    assert client.post(f"/settings/outbox/{dead.pk}/withdraw/").status_code == 302
    dead.refresh_from_db()
    assert dead.state == "dead"
    with pytest.raises(NotAllowed):
        withdraw_message(dead.pk, actor=as_actor(person("bo", "sales-manager")))


def test_holding_and_releasing_mail_is_in_the_log(person: Person) -> None:
    client = signed_in(person("boss", "administrator"))
    client.post("/settings/outbox/hold/")
    assert the_company().is_quarantined
    client.post("/settings/outbox/release/")
    client.post("/settings/outbox/release/")
    assert not the_company().is_quarantined
    verbs = Change.objects.filter(record_type="company").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["held", "released"]


def test_the_log_of_changes_is_narrowed_by_who_and_what(person: Person) -> None:
    boss = person("boss", "administrator")
    client = signed_in(boss)
    change_company(actor=as_actor(boss), native_name="云启")
    page = client.get(f"/settings/changes/?who={boss.pk}").content.decode()
    assert "云启" in page
    assert "mei@example.com" not in page
    assert "云启" not in client.get("/settings/changes/?who=0&type=user").content.decode()
    for odd in (
        "who=x",
        "from=yesterday",
        "before=x&id=1",
        "type=spaceship",
        "to=9999-99-99",
        "id=99999999999999999999",
    ):
        assert client.get(f"/settings/changes/?{odd}").status_code == 200


def test_the_log_of_changes_speaks_of_what_is_no_record_type_in_the_words_of_its_reader(person: Person) -> None:
    boss = person("boss", "administrator")
    record_change(as_actor(boss), "score_run", 4, "scored", {"as_of": (None, "2026-03-01")})
    record_change(as_actor(boss), "import_job", 7, "finished", {"created": (None, 12)})
    client = signed_in(boss)
    english = client.get("/settings/changes/").content.decode()
    change_preferences(actor=as_actor(boss), language="zh-hans")
    chinese = client.get("/settings/changes/").content.decode()

    for text in (
        "Run of scores",
        "computed",
        "As of",
        "Mar 1, 2026",
        "Import",
        "finished",
        "New",
        "/value/runs/4/",
        "/imports/7",
    ):
        assert text in english
    for text in ("评分运行", "已计算", "截至日期", "2026年3月1日", "导入", "已完成", "新建"):
        assert text in chinese


def test_the_set_up_link_makes_one_administrator_and_then_is_not_there(person: Person) -> None:
    link = issue_setup_link()
    assert link is not None
    client = browser()
    sent = {"company_name": "Yunqi", "name": "Chen Jing", "email": "chen@example.com", "language": "zh-hans",
            "password": "correct horse battery", "currency": "CNY", "time_zone": "Asia/Shanghai"}  # fmt: skip
    assert client.get(link).status_code == 200
    assert client.post(link, {**sent, "password": "short", "currency": "XXX"}).status_code == 422
    assert not User._default_manager.exists()
    answer = client.post(link, sent)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/settings/users/").status_code == 200
    saved = the_company()
    assert (saved.name, saved.language, saved.base_currency, saved.time_zone) == (
        "Yunqi",
        "zh-hans",
        "CNY",
        "Asia/Shanghai",
    )
    assert issue_setup_link() is None
    for method in ("get", "post", "put", "patch", "delete", "options", "head"):
        for headers in ({}, {"HTTP_X_REQUESTED_WITH": "XMLHttpRequest"}, {"HTTP_X_HTTP_METHOD_OVERRIDE": "POST"}):
            for who in (browser(), client):
                assert getattr(who, method)(link, **headers).status_code == 404
    assert User._default_manager.count() == 1


@pytest.mark.parametrize("token", ["x", "ImZpcnN0IGFkbWluaXN0cmF0b3Ii:1:x", "a" * 3000])
def test_a_forged_set_up_link_is_not_there(token: str) -> None:
    assert browser().get(f"/setup/{token}/").status_code == 404


def test_every_settings_route_is_tried_above() -> None:
    known = {name for name in get_resolver().reverse_dict if isinstance(name, str) and name.startswith("settings.")}
    beside = {item.name for item in shaping_urls.urlpatterns}  # tried in tests/records/shaping
    beside.add("settings.notifications")  # tried in tests/work
    assert known - beside == set(NAMES)


def test_every_task_of_the_worker_has_a_title_in_both_languages() -> None:
    from procrastinate.contrib.django import app

    names = [name for name in app.tasks if "builtin" not in name]
    assert "outbox:deliver_outbox" in names
    assert [name for name in names if title_of(name) == name] == []
    with translation.override("zh-hans"):
        assert title_of("notification:send_told") == "发送通知"
        assert [name for name in names if title_of(name).isascii()] == []
    assert title_of("gone:old_task") == "gone:old_task"
