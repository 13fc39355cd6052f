"""Following records and being told: who is told of what, that it may be seen when it is shown, and how it is marked."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guanxi.core.actor import SYSTEM
from guanxi.customers.customer.record_type import CUSTOMER
from guanxi.identity.actors import access_changed
from guanxi.identity.models import Role
from guanxi.records.bulk import Selection, change_many
from guanxi.records.changes import changes_via
from guanxi.records.declaration import RecordType
from guanxi.records.registry import record_types
from guanxi.records.writing import change_record, create_record, delete_record
from guanxi.work.comment.services import add_comment, delete_comment, edit_comment
from guanxi.work.follow.models import Follow
from guanxi.work.follow.queries import followers_of, is_following
from guanxi.work.notification.models import Notification
from guanxi.work.notification.queries import count_unread, read_told, wishes_of
from guanxi.work.notification.rules import Wishes, quiet_until
from guanxi.work.notification.services import mark_read, save_wishes
from guanxi.work.task.record_type import TASK
from tests.records.screens.pages import add_customers, read, send
from tests.security.matrix import reaches
from tests.work.conftest import Committed
from tests.world import HOST, World

TYPES = [pytest.param(record, id=record.name) for record in record_types()]


def told(world: World, name: str) -> list[tuple[str, str]]:
    """What one of the cast is told: event and sentence, the newest first."""
    groups = read_told(world.actor(name)).groups
    lines = sorted((line for group in groups for line in group.lines), key=lambda line: -line.id)
    return [(line.event, f"{line.who} {line.sentence}") for line in lines]


def edit(world: World, pk: int, actor: str, **values: Any) -> None:
    with changes_via("web"):
        change_record(CUSTOMER.model._default_manager.get(pk=pk), actor=world.actor(actor), **values)


@pytest.mark.parametrize("record", TYPES)
def test_the_star_follows_a_record_of_every_type_and_its_follower_is_told_of_comments(
    sandbox: World, committed: Committed, record: RecordType
) -> None:
    url = f"/{record.path}/{sandbox.own[record.name]}"
    for name in ("sam", "rita", "mei", "bo", "carla", "root"):
        sees = reaches(name, "view", record, "own")
        answer = sandbox.clients[name].post(f"{url}/follow", {"on": "1"}, **HOST)
        assert answer.status_code == (200 if sees else 404)
        assert ('aria-pressed="true"' in answer.content.decode()) is sees
    assert 'aria-pressed="true"' in read(sandbox.clients["rita"], url)
    with committed(), changes_via("web"):
        add_comment(record, sandbox.own[record.name], "Have a look", actor=sandbox.actor("root"))

    for name in ("sam", "rita", "mei", "bo", "carla"):
        expected = [("comment", "Root commented")] if reaches(name, "view", record, "own") else []
        assert told(sandbox, name) == expected
        assert count_unread(sandbox.actor(name)) == len(expected)
    assert told(sandbox, "root") == []


def test_an_owner_follows_without_a_row_until_she_says_otherwise(sandbox: World) -> None:
    pk = add_customers(sandbox, "mei", ["Owned"])[0]
    mei = sandbox.users["mei"].pk

    assert followers_of(CUSTOMER, pk) == {mei}
    assert Follow.objects.filter(record_id=pk).count() == 0
    send(sandbox.clients["mei"], f"/customers/{pk}/follow", {}, 200)
    assert (followers_of(CUSTOMER, pk), is_following(CUSTOMER, pk, mei)) == (set(), False)
    send(sandbox.clients["mei"], f"/customers/{pk}/follow", {}, 200)
    assert followers_of(CUSTOMER, pk) == {mei}


def test_nobody_is_told_of_what_she_did_herself_and_the_owner_of_what_others_did(
    sandbox: World, committed: Committed
) -> None:
    pk = add_customers(sandbox, "mei", ["Changing"])[0]
    with committed():
        edit(sandbox, pk, "mei", city="Hangzhou")
    assert told(sandbox, "mei") == []
    with committed():
        edit(sandbox, pk, "bo", city="Suzhou", occupation="baker")

    assert told(sandbox, "mei") == [("changed", "Bo changed City, Occupation")]
    assert told(sandbox, "bo") == []


def test_who_is_given_a_record_is_told_so_and_who_loses_sight_of_it_is_told_nothing(
    sandbox: World, committed: Committed
) -> None:
    pk = add_customers(sandbox, "mei", ["Handed over"])[0]
    carla = sandbox.users["carla"]
    with committed():
        edit(sandbox, pk, "bo", city="Suzhou")
    assert count_unread(sandbox.actor("mei")) == 1
    with committed():
        edit(sandbox, pk, "root", owner=carla.pk, team=carla.team_id)

    assert told(sandbox, "carla") == [("assigned", "Root gave this to you")]
    assert (told(sandbox, "mei"), count_unread(sandbox.actor("mei"))) == ([], 0)
    assert "Handed over" not in read(sandbox.clients["mei"], "/notifications")
    assert "Handed over" in read(sandbox.clients["carla"], "/notifications/menu")


def test_a_mention_tells_once_and_never_who_may_not_see_the_record(sandbox: World, committed: Committed) -> None:
    pk = add_customers(sandbox, "mei", ["Secret plan 4711"])[0]
    mei, bo = sandbox.actor("mei"), sandbox.actor("bo")
    with committed(), changes_via("web"):
        comment = add_comment(CUSTOMER, pk, "@Carla @Bo please", actor=mei, told_anyway=True)
    with committed(), changes_via("web"):
        edit_comment(CUSTOMER, pk, comment.pk, "@Carla @Bo @Rita please", actor=mei, version=1)

    assert told(sandbox, "bo") == [("mention", "Mei addressed you")]
    assert told(sandbox, "rita") == [("mention", "Mei addressed you")]
    assert Notification.objects.filter(user=sandbox.users["carla"]).count() == 0
    assert "4711" not in read(sandbox.clients["carla"], "/notifications")
    with committed(), changes_via("web"):
        add_comment(CUSTOMER, pk, "Done", actor=mei)  # who was addressed follows from then on
    assert told(sandbox, "bo")[0] == ("comment", "Mei commented")
    delete_comment(CUSTOMER, pk, comment.pk, actor=mei)
    assert told(sandbox, "bo") == [("comment", "Mei commented")]
    assert count_unread(bo) == 1


def test_a_hidden_field_is_not_named_and_its_change_alone_is_not_told(sandbox: World, committed: Committed) -> None:
    pk = add_customers(sandbox, "mei", ["Half hidden"])[0]
    role = Role._default_manager.get(key="mei")
    role.hidden_fields = {"customer": ["city"]}
    role.save()
    access_changed()
    with committed():
        edit(sandbox, pk, "bo", city="Suzhou")
    assert (told(sandbox, "mei"), count_unread(sandbox.actor("mei"))) == ([], 0)
    with committed():
        edit(sandbox, pk, "bo", city="Wuxi", occupation="baker")

    assert told(sandbox, "mei") == [("changed", "Bo changed Occupation")]


def test_a_deleted_record_is_told_of_no_more(sandbox: World, committed: Committed) -> None:
    pk = add_customers(sandbox, "mei", ["Short-lived"])[0]
    with committed():
        edit(sandbox, pk, "bo", city="Suzhou")
    delete_record(CUSTOMER.model._default_manager.get(pk=pk), actor=SYSTEM)

    assert (told(sandbox, "mei"), count_unread(sandbox.actor("mei"))) == ([], 0)


def test_a_bulk_edit_tells_each_once_whatever_it_touched_and_imports_tell_nobody(
    sandbox: World, committed: Committed
) -> None:
    ids = add_customers(sandbox, "mei", [f"Many {number}" for number in range(6)])
    with committed():
        change_many(CUSTOMER, Selection(tuple(ids)), sandbox.actor("root"), "city", "Suzhou")
    assert told(sandbox, "mei") == [("changed", "Root changed City of several that you follow")]
    with committed():
        change_many(CUSTOMER, Selection(tuple(ids)), sandbox.actor("root"), "owner", sandbox.users["bo"].pk)
    assert told(sandbox, "bo") == [("assigned", "Root gave you several of these")]
    with committed(), changes_via("import"):
        change_record(CUSTOMER.model._default_manager.get(pk=ids[0]), actor=sandbox.actor("root"), city="Wuxi")
    assert len(told(sandbox, "bo")) == 1


def test_who_creates_a_record_for_somebody_follows_it(sandbox: World, committed: Committed) -> None:
    with committed(), changes_via("web"):
        made = create_record(
            TASK, actor=sandbox.actor("bo"), values={"subject": "Call", "owner": sandbox.users["mei"].pk}
        )

    assert told(sandbox, "mei") == [("assigned", "Bo gave this to you")]
    assert followers_of(TASK, made.pk) == {sandbox.users["mei"].pk, sandbox.users["bo"].pk}


def test_a_record_is_one_group_and_is_read_alone_or_with_all(sandbox: World, committed: Committed) -> None:
    first, second = add_customers(sandbox, "mei", ["First", "Second"])
    for pk, city in ((first, "A"), (second, "B"), (first, "C")):
        with committed():
            edit(sandbox, pk, "bo", city=city)
    groups = read_told(sandbox.actor("mei")).groups
    assert [(group.first.title, len(group.lines), group.unread) for group in groups] == [
        ("First", 2, 2),
        ("Second", 1, 1),
    ]
    assert count_unread(sandbox.actor("mei")) == 3

    answer = send(sandbox.clients["mei"], "/notifications/read", {"type": "customer", "id": first}, 200)
    assert answer["X-Unread"] == "1"
    send(sandbox.clients["mei"], "/notifications/read", {"type": "nothing", "id": first}, 404)
    assert count_unread(sandbox.actor("mei")) == 1
    send(sandbox.clients["bo"], "/notifications/read", {}, 200)
    assert count_unread(sandbox.actor("mei")) == 1
    assert send(sandbox.clients["mei"], "/notifications/read", {"menu": "1"}, 200)["X-Unread"] == "0"
    assert mark_read(sandbox.actor("mei")) == 0


def test_the_bell_reads_what_was_told_once(sandbox: World, committed: Committed) -> None:
    for pk in add_customers(sandbox, "mei", ["First", "Second", "Third"]):
        with committed():
            edit(sandbox, pk, "bo", city="Wuxi")
    sandbox.clients["mei"].get("/notifications/menu", **HOST)
    with CaptureQueriesContext(connection) as captured:
        answer = sandbox.clients["mei"].get("/notifications/menu", **HOST)

    assert answer["X-Unread"] == "3"
    assert len(captured) == 5  # session and rights, what was told, wishes, titles, people


def test_who_wants_no_channel_for_an_event_is_not_told_of_it(sandbox: World, committed: Committed) -> None:
    pk = add_customers(sandbox, "mei", ["Silent"])[0]
    form = {"channel-mention": "app", "channel-assigned": ["app", "mail"], "quiet_from": "22:00", "quiet_to": "07:30"}
    send(sandbox.clients["mei"], "/settings/notifications/", form, 302)
    with committed():
        edit(sandbox, pk, "bo", city="Suzhou")
    with committed(), changes_via("web"):
        add_comment(CUSTOMER, pk, "@Mei look", actor=sandbox.actor("bo"))

    assert told(sandbox, "mei") == [("mention", "Bo addressed you")]
    page = read(sandbox.clients["mei"], "/settings/notifications/")
    assert 'name="channel-changed" value="app" aria-label' in page.replace("\n", " ")
    assert 'value="22:00"' in page
    send(sandbox.clients["mei"], "/settings/notifications/", {**form, "quiet_to": ""}, 422)
    send(sandbox.clients["mei"], "/settings/notifications/", {**form, "quiet_to": "25:99"}, 422)


@pytest.mark.parametrize(
    ("hours", "at", "until"),
    [
        (("22:00", "07:30"), "2026-03-02T15:00Z", "2026-03-02T23:30Z"),  # 23:00 in Shanghai
        (("22:00", "07:30"), "2026-03-02T22:00Z", "2026-03-02T23:30Z"),  # 06:00 in Shanghai
        (("22:00", "07:30"), "2026-03-02T23:30Z", None),
        (("12:00", "14:00"), "2026-03-02T05:00Z", "2026-03-02T06:00Z"),
        (("12:00", "14:00"), "2026-03-02T03:59Z", None),
        (("09:00", "09:00"), "2026-03-02T01:00Z", None),
        ((None, None), "2026-03-02T15:00Z", None),
    ],
)
def test_quiet_hours_end_by_the_clock_of_the_reader(hours: tuple[Any, Any], at: str, until: str | None) -> None:
    start, end = (time.fromisoformat(item) if item else None for item in hours)
    found = quiet_until(Wishes({}, start, end), datetime.fromisoformat(at), "Asia/Shanghai")

    assert found == (datetime.fromisoformat(until) if until else None)


def test_quiet_hours_survive_a_night_in_which_clocks_change() -> None:
    wishes = Wishes({}, time(22), time(7))
    night = datetime(2026, 3, 28, 23, tzinfo=UTC)  # midnight in Berlin; clocks go forward at two

    assert quiet_until(wishes, night, "Europe/Berlin") == datetime(2026, 3, 29, 5, tzinfo=UTC)


def test_wishes_keep_only_what_is_known(sandbox: World) -> None:
    save_wishes(sandbox.actor("mei"), Wishes({"mention": ["app", "pigeon"], "nonsense": ["app"]}))

    mei = sandbox.users["mei"].pk
    assert wishes_of([mei])[mei] == Wishes({"mention": ["app"]})
