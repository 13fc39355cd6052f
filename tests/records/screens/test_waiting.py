"""What a device wrote down without a connection: done once, refused with sentences, never over what others wrote."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from guanxi.core.actor import SYSTEM
from guanxi.customers.models import Customer
from guanxi.records.models import Change
from guanxi.records.registry import record_type as type_named
from guanxi.records.writing import change_record
from guanxi.work.models import Comment, Note, Task
from tests.world import HOST, World


def sent(world: World, who: str, path: str, values: dict[str, Any], status: int = 200, **more: Any) -> dict[str, Any]:
    """The answer to one piece of work of this person's device."""
    piece = {"key": str(uuid4()), "path": path, "values": urlencode(values, doseq=True), **more}
    response = world.clients[who].post("/waiting", json.dumps(piece), content_type="application/json", **HOST)
    assert response.status_code == status, response.content[:400]
    return dict(response.json())


def test_a_new_record_sent_twice_is_made_once_and_both_answers_name_it(sandbox: World) -> None:
    once = str(uuid4())
    values = {"once": once, "subject": "Call back", "customer": sandbox.own["customer"]}
    before = Task._default_manager.count()

    first = sent(sandbox, "mei", "tasks", values, key=once)
    second = sent(sandbox, "mei", "tasks", values, key=once)

    assert first == second
    assert first["title"] == "Call back"
    assert first["url"] == f"/tasks/{first['id']}"
    assert Task._default_manager.count() == before + 1


def test_the_form_that_reached_the_server_before_the_line_broke_makes_no_second_record(sandbox: World) -> None:
    once = str(uuid4())
    values = {"once": once, "customer": sandbox.own["customer"], "body": "He likes tea"}
    sandbox.clients["mei"].post("/notes/quick", values, **HOST)

    answer = sent(sandbox, "mei", "notes", values, key=once)

    assert list(Note._default_manager.filter(body="He likes tea").values_list("pk", flat=True)) == [answer["id"]]


def test_what_is_missing_is_said_with_the_name_of_the_field_and_nothing_is_written(sandbox: World) -> None:
    changes = Change.objects.count()

    answer = sent(sandbox, "mei", "tasks", {"subject": " "}, 422)

    assert answer["state"] == "refused"
    assert any(text.startswith("Subject") for text in answer["sentences"]), answer
    assert Change.objects.count() == changes


def test_a_task_done_offline_is_done_once_and_can_be_taken_back(sandbox: World) -> None:
    task = Task._default_manager.get(pk=sandbox.own["task"])
    key, before = str(uuid4()), task.status

    first = sent(sandbox, "mei", "tasks", {"status": "done"}, record=task.pk, version=task.version, key=key)
    again = sent(sandbox, "mei", "tasks", {"status": "done"}, record=task.pk, version=task.version, key=key)

    task.refresh_from_db()
    assert (task.status, task.version) == ("done", 2)
    assert first == again
    assert sandbox.clients["mei"].post(first["undo"], **HOST).status_code == 204
    task.refresh_from_db()
    assert task.status == before
    sent(sandbox, "mei", "tasks", {"status": "done"}, record=task.pk, version=1, key=key)
    task.refresh_from_db()
    assert task.status == before, "a repeat that comes late changes nothing"


def test_where_somebody_else_changed_the_same_field_both_values_come_back_and_theirs_stays(sandbox: World) -> None:
    customer = Customer.objects.get(pk=sandbox.own["customer"])
    read = customer.version
    change_record(customer, actor=sandbox.actor("bo"), name="Bo's name")

    answer = sent(sandbox, "mei", "customers", {"name": "Mei's name"}, 409, record=customer.pk, version=read)

    field = answer["fields"][0]
    assert (field["name"], field["theirs"], field["mine"], field["who"]) == ("name", "Bo's name", "Mei's name", "Bo")
    assert field["combine"] is True
    customer.refresh_from_db()
    assert customer.name == "Bo's name"
    sent(sandbox, "mei", "customers", {"name": "Mei's name"}, record=customer.pk, version=answer["version"])
    customer.refresh_from_db()
    assert customer.name == "Mei's name"


def test_changes_of_different_fields_are_merged_without_a_question(sandbox: World) -> None:
    customer = Customer.objects.get(pk=sandbox.own["customer"])
    read = customer.version
    change_record(customer, actor=sandbox.actor("bo"), city="Suzhou")

    assert sent(sandbox, "mei", "customers", {"name": "New"}, record=customer.pk, version=read)["state"] == "done"

    customer.refresh_from_db()
    assert (customer.name, customer.city) == ("New", "Suzhou")


def test_work_on_records_that_the_person_may_not_see_or_change_is_refused(sandbox: World) -> None:
    foreign = Customer.objects.get(pk=sandbox.foreign["customer"])

    assert sent(sandbox, "mei", "customers", {"name": "Mine"}, 404, record=foreign.pk)["state"] == "refused"
    assert sent(sandbox, "rita", "customers", {"name": "Mine"}, 403, record=foreign.pk)["state"] == "refused"
    assert sent(sandbox, "mei", "nothing", {"name": "Mine"}, 404)["state"] == "refused"

    before = foreign.name
    foreign.refresh_from_db()
    assert foreign.name == before


def test_what_was_written_into_a_composer_is_posted_once_with_its_author(sandbox: World) -> None:
    pk, mei = sandbox.own["customer"], sandbox.users["mei"].pk
    key = str(uuid4())
    for _again in range(2):
        answer = sent(
            sandbox, "mei", "customers", {"body": "Likes tea", "kind": "note"}, record=pk, form="said", key=key
        )
        assert (answer["state"], answer["url"]) == ("done", f"/customers/{pk}")
    sent(sandbox, "mei", "customers", {"body": "Said on the way", "kind": "comment"}, record=pk, form="said")

    assert list(Note._default_manager.filter(customer_id=pk, body="Likes tea").values_list("author_id", flat=True)) == [
        mei
    ]
    assert list(Comment.objects.filter(record_id=pk).values_list("body", "author_id")) == [("Said on the way", mei)]


def test_what_a_composer_posted_before_the_line_broke_is_not_posted_again(sandbox: World) -> None:
    pk, key = sandbox.own["customer"], str(uuid4())
    values = {"body": "Said once", "kind": "comment"}
    sandbox.clients["mei"].post(f"/customers/{pk}/comments", {**values, "once": key}, **HOST)

    sent(sandbox, "mei", "customers", values, record=pk, form="said", key=key)

    assert Comment.objects.filter(body="Said once").count() == 1


def test_a_comment_of_a_device_is_refused_where_it_would_be_on_the_page(sandbox: World) -> None:
    own, foreign = sandbox.own["customer"], sandbox.foreign["customer"]

    unseen = sent(sandbox, "mei", "customers", {"body": "@Carla look"}, 422, record=own, form="said")
    assert (unseen["state"], unseen["code"]) == ("refused", "mention_unseen")
    assert sent(sandbox, "mei", "customers", {"body": "x"}, 404, record=foreign, form="said")["state"] == "refused"
    sent(sandbox, "rita", "customers", {"body": "x", "kind": "note"}, 403, record=own, form="said")
    assert (Comment.objects.count(), Note._default_manager.filter(body="x").count()) == (0, 0)
    sent(sandbox, "mei", "customers", {"body": "@Carla look", "anyway": "1"}, record=own, form="said")
    assert Comment.objects.count() == 1


def test_what_can_not_be_read_is_refused(sandbox: World) -> None:
    client = sandbox.clients["mei"]
    for body in (
        "",
        "[]",
        "{}",
        '{"path": 1}',
        '{"path": "tasks", "values": "a=b", "key": "x", "record": "many"}',
        "\x00",
    ):
        response = client.post("/waiting", body, content_type="application/json", **HOST)
        assert response.status_code in (404, 422), body
        assert response.json()["state"] == "refused"


def test_my_day_names_my_tasks_their_customers_and_the_pages_to_keep(sandbox: World) -> None:
    task = type_named("task")
    change_record(Task._default_manager.get(pk=sandbox.own["task"]), actor=SYSTEM, status="open",
                  owner=sandbox.users["mei"].pk, customer=sandbox.own["customer"])  # fmt: skip

    day = sandbox.clients["mei"].get("/my-day", **HOST).json()

    assert day["user"] == sandbox.users["mei"].pk
    assert [each["url"] for each in day["tasks"]] == [f"/{task.path}/{sandbox.own['task']}"]
    assert f"/customers/{sandbox.own['customer']}" in day["pages"]
    assert f"/customers/{sandbox.foreign['customer']}" not in day["pages"]
    assert day["pages"][:2] == ["/", "/tasks/"]
    assert day["keep"] == ["/customers/", "/tasks/"]
