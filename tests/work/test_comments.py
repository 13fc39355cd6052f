"""Comments on records of every type: who reads, who writes, whom they address, and that nothing leaks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guanxi.core.actor import SYSTEM
from guanxi.core.errors import Conflict, Invalid, NotAllowed, NotFound
from guanxi.customers.customer.record_type import CUSTOMER
from guanxi.records import registry
from guanxi.records.declaration import RecordType
from guanxi.records.models import Change
from guanxi.records.registry import record_types, timeline_sources
from guanxi.records.writing import change_record
from guanxi.work.comment.errors import Unseen
from guanxi.work.comment.models import Comment
from guanxi.work.comment.queries import matching
from guanxi.work.comment.rules import Person, clean_text, comment_html, find_mentions
from guanxi.work.comment.services import add_comment, delete_comment, edit_comment, restore_comment
from guanxi.work.note.models import Note
from tests.records.screens.pages import add_customers, read, send
from tests.security import matrix
from tests.security.matrix import ACTORS, reaches
from tests.world import HOST, World

TYPES = [pytest.param(record, id=record.name) for record in record_types()]
PEOPLE = [Person(1, "Mei Lin"), Person(2, "Mei"), Person(3, "王伟"), Person(4, "Bo"), Person(5, "Bo")]


@pytest.mark.parametrize("record", TYPES)
def test_who_sees_a_record_reads_and_writes_its_comments_and_nobody_else_does(
    sandbox: World, record: RecordType
) -> None:
    own = sandbox.own[record.name]
    url = f"/{record.path}/{own}"
    add_comment(record, own, "canary 4711", actor=sandbox.actor("root"))

    for name in ACTORS[1:]:
        sees = reaches(name, "view", record, "own")
        answer = sandbox.clients[name].get(f"{url}/comments", **HOST)
        assert (answer.status_code, "canary 4711" in answer.content.decode()) == ((200, True) if sees else (404, False))
        before = Comment.objects.count()
        send(sandbox.clients[name], f"{url}/comments", {"body": f"by {name}"}, 200 if sees else 404)
        assert Comment.objects.count() == before + (1 if sees else 0)


@pytest.mark.parametrize("record", TYPES)
def test_a_comment_stands_on_the_page_of_its_record_and_on_no_other(sandbox: World, record: RecordType) -> None:
    own = sandbox.own[record.name]
    send(sandbox.clients["root"], f"/{record.path}/{own}/comments", {"body": "Only <b>here</b>"}, 200)

    page = read(sandbox.clients["root"], f"/{record.path}/{own}?tab=timeline")

    assert "Only &lt;b&gt;here&lt;/b&gt;" in page
    assert f'hx-post="/{record.path}/{own}/comments"' in page
    other = next(item for item in record_types() if item.name != record.name)
    assert "Only &lt;b&gt;" not in read(
        sandbox.clients["root"], f"/{other.path}/{sandbox.own[other.name]}?tab=timeline"
    )
    comment = Comment.objects.latest("pk")
    assert (comment.record_type, comment.record_id, comment.body) == (record.name, own, "Only <b>here</b>")
    change = Change.objects.filter(record_type="comment", record_id=comment.pk).get()
    assert (change.verb, change.actor_id) == ("created", sandbox.users["root"].pk)


def test_a_record_type_that_comes_while_running_has_comments_too(sandbox: World) -> None:
    later = replace(CUSTOMER, name="prospect", path="prospects", _by_name={}, _filters={})
    try:
        registry.register(later)
        assert [source.key for source in timeline_sources("prospect")] == ["comments"]
        assert {"comments", "people"} <= {part.name for part in registry.parts("prospect")}
        assert len(registry.panels("prospect", "compose")) == 1
    finally:
        registry._TYPES.pop("prospect")
        registry._BY_PATH.pop("prospects")
        registry._BY_MODEL[CUSTOMER.model] = CUSTOMER


def test_only_its_author_changes_a_comment_and_an_older_text_is_kept_in_its_history(sandbox: World) -> None:
    pk = sandbox.own["customer"]
    mei, bo = sandbox.actor("mei"), sandbox.actor("bo")
    comment = add_comment(CUSTOMER, pk, "Calls on Mondy", actor=mei)

    with pytest.raises(NotAllowed):
        edit_comment(CUSTOMER, pk, comment.pk, "Never", actor=bo, version=1)
    with pytest.raises(NotAllowed):
        delete_comment(CUSTOMER, pk, comment.pk, actor=bo)
    edit_comment(CUSTOMER, pk, comment.pk, "Calls on Monday", actor=mei, version=1)
    with pytest.raises(Conflict):
        edit_comment(CUSTOMER, pk, comment.pk, "Calls on Tuesday", actor=mei, version=1)

    stored = Comment.objects.get(pk=comment.pk)
    assert (stored.body, stored.version, stored.edited_at is not None) == ("Calls on Monday", 2, True)
    change = Change.objects.filter(record_type="comment", record_id=comment.pk, verb="changed").get()
    assert change.fields == {"body": ["Calls on Mondy", "Calls on Monday"]}
    assert "edited" in read(sandbox.clients["bo"], f"/customers/{pk}/comments")


def test_a_deleted_comment_is_gone_and_comes_back_by_undo(sandbox: World) -> None:
    pk = sandbox.own["customer"]
    comment = add_comment(CUSTOMER, pk, "A slip", actor=sandbox.actor("mei"))
    url = f"/customers/{pk}/comments/{comment.pk}"

    answer = send(sandbox.clients["mei"], f"{url}/delete", {}, 200)
    assert "A slip" not in answer.content.decode()
    assert f"{url}/restore" in answer["HX-Trigger"]
    assert sandbox.clients["mei"].get(url, **HOST).status_code == 404

    send(sandbox.clients["mei"], f"{url}/restore", {}, 204)
    assert "A slip" in read(sandbox.clients["bo"], f"/customers/{pk}/comments")
    delete_comment(CUSTOMER, pk, comment.pk, actor=sandbox.actor("root"))  # administrators moderate
    restore_comment(CUSTOMER, pk, comment.pk, actor=sandbox.actor("mei"))


def test_a_comment_is_reached_through_its_own_record_only(sandbox: World) -> None:
    mine, foreign = sandbox.own["customer"], sandbox.foreign["customer"]
    comment = add_comment(CUSTOMER, foreign, "Carla's secret", actor=sandbox.actor("carla"))

    for url in (f"/customers/{mine}/comments/{comment.pk}", f"/customers/{foreign}/comments/{comment.pk}"):
        read(sandbox.clients["mei"], url, 404)
        send(sandbox.clients["mei"], f"{url}/delete", {}, 404)
    with pytest.raises(NotFound):
        restore_comment(CUSTOMER, foreign, comment.pk, actor=sandbox.actor("mei"))


def test_addressing_somebody_who_may_not_see_the_record_is_asked_about_and_opens_nothing(sandbox: World) -> None:
    pk = sandbox.own["customer"]
    url = f"/customers/{pk}/comments"

    answer = send(sandbox.clients["mei"], url, {"body": "@Carla please look"}, 422)
    assert "Carla can&#39;t see this record and won&#39;t be told" in answer.content.decode()
    assert "@Carla please look" in answer.content.decode()
    assert Comment.objects.filter(record_id=pk).count() == 0

    send(sandbox.clients["mei"], url, {"body": "@Carla please look", "anyway": "1"}, 200)
    assert Comment.objects.get(record_id=pk).mentions == [[sandbox.users["carla"].pk, "Carla"]]
    read(sandbox.clients["carla"], f"/customers/{pk}", 404)
    with pytest.raises(Unseen):
        add_comment(CUSTOMER, pk, "@Sam and @Bo", actor=sandbox.actor("mei"))
    add_comment(CUSTOMER, pk, "@Bo and @Rita see it", actor=sandbox.actor("mei"))


def test_people_are_found_by_name_and_shown_with_whether_they_see_the_record(sandbox: World) -> None:
    pk = sandbox.own["customer"]

    def found(who: str, text: str) -> list[tuple[str, bool]]:
        answer = sandbox.clients[who].get(f"/customers/{pk}/people?q={text}", **HOST)
        return [(item["label"], item["sees"]) for item in answer.json()["options"]]

    assert found("mei", "car") == [("Carla", False)]
    assert found("mei", "bo") == [("Bo", True)]
    assert found("mei", "mei") == []  # nobody addresses herself
    assert found("mei", "zzz") == []
    read(sandbox.clients["carla"], f"/customers/{pk}/people?q=b", 404)


@pytest.mark.parametrize("text", ["wang", "wangwei", "ww", "王", "伟"])
def test_a_chinese_name_is_found_by_pinyin_initials_and_part(text: str) -> None:
    assert matching(PEOPLE, text, 6) == [PEOPLE[2]]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("@Mei Lin and @mei", [1, 2]), ("@Meiling", []), ("请@王伟看一下", [3]), ("mail a@mei.example", []),
        ("＠王伟", [3]), ("no one", []), ("@Mei, @Mei", [2]),
    ],
)  # fmt: skip
def test_the_longest_name_is_meant_and_one_of_two_namesakes_only_when_picked(text: str, ids: list[int]) -> None:
    assert [person.id for person in find_mentions(text, PEOPLE)] == ids
    assert [person.id for person in find_mentions("@Bo", PEOPLE, {5})] == [5]


def test_a_comment_is_shown_as_text_with_links_and_names_and_never_as_markup() -> None:
    html = comment_html('<img src=x onerror="a()"> @Bo javascript:alert(1) https://x.example/?a=1&b=2', [[4, "Bo"]], 4)

    assert "<img" not in html
    assert '<span class="mention mention--me">@Bo</span>' in html
    assert 'href="https://x.example/?a=1&amp;b=2"' in html
    assert 'href="javascript' not in html
    assert clean_text(" a\r\n\x00\n\n\n\nb ") == "a\n\nb"


@pytest.mark.parametrize("body", ["", "   \n ", "x" * 10_001])
def test_an_empty_or_endless_comment_is_refused_and_comes_back(sandbox: World, body: str) -> None:
    pk = sandbox.own["customer"]
    with pytest.raises(Invalid):
        add_comment(CUSTOMER, pk, body, actor=sandbox.actor("mei"))
    answer = send(sandbox.clients["mei"], f"/customers/{pk}/comments", {"body": body}, 422)

    assert answer["HX-Retarget"] == ".composer-form"
    assert Comment.objects.filter(record_id=pk).count() == 0


def test_the_same_place_writes_a_note_where_the_type_has_notes(sandbox: World) -> None:
    pk = sandbox.own["customer"]
    mei = sandbox.users["mei"]
    send(sandbox.clients["mei"], f"/customers/{pk}/comments", {"body": "Prefers tea", "kind": "note"}, 200)

    note = Note.objects.get(body="Prefers tea")
    assert (note.customer_id, note.author_id) == (pk, mei.pk)
    assert Comment.objects.filter(record_id=pk).count() == 0
    send(sandbox.clients["mei"], f"/tasks/{sandbox.own['task']}/comments", {"body": "x", "kind": "note"}, 403)
    send(sandbox.clients["rita"], f"/customers/{pk}/comments", {"body": "x", "kind": "note"}, 403)
    assert 'value="note"' not in read(sandbox.clients["rita"], f"/customers/{pk}?tab=timeline")


def test_a_record_given_away_takes_its_comments_along(sandbox: World) -> None:
    pk = add_customers(sandbox, "mei", ["Wanderer"])[0]
    add_comment(CUSTOMER, pk, "Mine for now", actor=sandbox.actor("mei"))
    carla = sandbox.users["carla"]
    record: Any = CUSTOMER.model._default_manager.get(pk=pk)
    change_record(record, actor=SYSTEM, owner=carla.pk, team=carla.team_id)

    read(sandbox.clients["mei"], f"/customers/{pk}/comments", 404)
    assert "Mine for now" in read(sandbox.clients["carla"], f"/customers/{pk}/comments")


def call(world: World, who: str, method: str, path: str, body: Any = None, **headers: str) -> Any:
    """A request to the API for comments on Mei's customer."""
    return matrix.send(world, who, method, f"/api/v1/customers/{world.own['customer']}/comments{path}", body, **headers)


def test_a_comment_is_written_read_changed_and_taken_back_over_the_api(sandbox: World) -> None:
    pk, mei, bo = sandbox.own["customer"], sandbox.users["mei"].pk, sandbox.users["bo"].pk
    made = call(sandbox, "mei", "POST", "", {"body": "Hello @Bo"}, HTTP_IDEMPOTENCY_KEY="once")
    again = call(sandbox, "mei", "POST", "", {"body": "Hello @Bo"}, HTTP_IDEMPOTENCY_KEY="once")

    comment = Comment.objects.get(record_id=pk)
    assert (made.status_code, again.json(), again["Idempotent-Replay"]) == (201, made.json(), "true")
    assert made["Location"] == f"/api/v1/customers/{pk}/comments/{comment.pk}"
    shown = {key: value for key, value in made.json().items() if key not in ("created_at", "author")}
    assert shown == {"id": comment.pk, "version": 1, "body": "Hello @Bo", "mentions": [{"id": bo, "label": "Bo"}],
                     "edited_at": None}  # fmt: skip
    assert made.json()["author"]["id"] == mei
    one = f"/{comment.pk}"
    assert call(sandbox, "bo", "PATCH", one, {"body": "Never"}).status_code == 403
    changed = call(sandbox, "mei", "PATCH", one, {"body": "Hello"}, HTTP_IF_MATCH=made["ETag"])
    assert (changed.status_code, changed.json()["body"], changed["ETag"]) == (200, "Hello", '"2"')
    stale = call(sandbox, "mei", "PATCH", one, {"body": "Hi"}, HTTP_IF_MATCH=made["ETag"])
    assert (stale.status_code, stale.json()["fields"]) == (409, {"body": {"theirs": "Hello", "mine": "Hi"}})
    assert call(sandbox, "mei", "DELETE", one).status_code == 204
    assert call(sandbox, "mei", "GET", one).status_code == 404
    assert call(sandbox, "mei", "POST", f"{one}/restore").json()["body"] == "Hello"
    assert "Hello" in read(sandbox.clients["bo"], f"/customers/{pk}/comments")


def test_the_api_answers_comments_page_by_page_each_once(sandbox: World) -> None:
    mei = sandbox.actor("mei")
    ids = [add_comment(CUSTOMER, sandbox.own["customer"], f"Nr {number}", actor=mei).pk for number in range(5)]
    found: list[int] = []
    before = ""
    while True:
        page = call(sandbox, "mei", "GET", f"?limit=2{before}").json()
        found += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        before = f"&before={page['next']}"

    assert found == ids[::-1]
    with CaptureQueriesContext(connection) as captured:
        call(sandbox, "mei", "GET", "")
    assert len(captured) == 4  # session and rights, the record, its comments, who wrote them


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["body"]), ({"body": "  "}, ["body"]), ({"body": 3}, ["body"]), ({"body": "x", "author": 1}, ["author"]),
        ({"body": "x", "mentions": ["1"]}, ["mentions"]), ({"body": "x", "anyway": "yes"}, ["anyway"]),
    ],
)  # fmt: skip
def test_what_a_comment_cannot_be_is_refused_by_the_api_and_nothing_is_written(
    sandbox: World, body: dict[str, Any], fields: list[str]
) -> None:
    answer = call(sandbox, "mei", "POST", "", body)

    assert (answer.status_code, list(answer.json()["errors"])) == (422, fields)
    assert Comment.objects.count() == 0


@pytest.mark.parametrize(("asked", "field"), [("before=x", "before"), ("limit=x", "limit")])
def test_a_page_of_comments_that_cannot_be_is_refused_by_the_api(sandbox: World, asked: str, field: str) -> None:
    answer = call(sandbox, "mei", "GET", f"?{asked}")

    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])


def test_the_api_asks_before_somebody_is_addressed_who_may_not_see_the_record(sandbox: World) -> None:
    asked = call(sandbox, "mei", "POST", "", {"body": "@Carla look"})
    assert (asked.status_code, asked.json()["code"]) == (422, "mention_unseen")
    assert Comment.objects.count() == 0

    assert call(sandbox, "mei", "POST", "", {"body": "@Carla look", "anyway": True}).status_code == 201
