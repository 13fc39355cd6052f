"""Record pages: what may be seen, edited in place, deleted and taken back."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from guanxi.core.actor import SYSTEM
from guanxi.customers.models import Customer, Interaction
from guanxi.identity.actors import access_changed
from guanxi.identity.models import Role
from guanxi.records.models import Change, ExternalKey, SourceSystem
from guanxi.records.registry import record_type, record_types
from guanxi.records.writing import change_record, create_record
from guanxi.work.task.record_type import TASK
from tests.records.screens.pages import add_customers, hidden_value, read, send
from tests.world import HOST, World


@pytest.mark.parametrize(
    "part", ["", "/peek", "/edit", "/timeline", "/field/status", "/source/status", "/around?from="]
)
def test_what_one_may_not_see_looks_as_if_it_were_not_there(sandbox: World, part: str) -> None:
    read(sandbox.clients["mei"], f"/customers/{sandbox.foreign['customer']}{part}", 404)
    read(sandbox.clients["mei"], f"/customers/987654321{part}", 404)


def test_every_record_type_has_a_page_and_a_side_panel(sandbox: World) -> None:
    for item in record_types():
        for part in ("", "/peek"):
            assert (
                "record-icon" in read(sandbox.clients["root"], f"/{item.path}/{sandbox.own[item.name]}{part}")
                or item.icon
            )


def test_an_edit_in_place_saves_and_can_be_taken_back(sandbox: World) -> None:
    pk = add_customers(sandbox, "mei", ["Edited"], status="active")[0]
    url = f"/customers/{pk}/field/status"
    version = hidden_value(read(sandbox.clients["mei"], url), "version")

    response = send(sandbox.clients["mei"], url, {"status": "lost", "version": version}, 200)

    assert Customer.objects.get(pk=pk).status == "lost"
    undo = json.loads(response["HX-Trigger"])["toast"]["undo"]
    send(sandbox.clients["mei"], undo, {}, 204)
    assert Customer.objects.get(pk=pk).status == "active"
    verbs = Change.objects.filter(record_type="customer", record_id=pk).order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["created", "changed", "undone"]


def test_a_change_that_was_changed_again_is_not_taken_back(sandbox: World) -> None:
    pk = add_customers(sandbox, "mei", ["Twice"], status="active")[0]
    response = send(sandbox.clients["mei"], f"/customers/{pk}/field/status", {"status": "lost"}, 200)
    change_record(Customer.objects.get(pk=pk), actor=SYSTEM, status="blocked")

    send(sandbox.clients["mei"], json.loads(response["HX-Trigger"])["toast"]["undo"], {}, 409)

    assert Customer.objects.get(pk=pk).status == "blocked"


def test_two_who_change_the_same_field_see_both_values(sandbox: World) -> None:
    pk = add_customers(sandbox, "mei", ["Contested"], city="Wuhan")[0]
    url = f"/customers/{pk}/field/city"
    version = hidden_value(read(sandbox.clients["mei"], url), "version")
    send(sandbox.clients["bo"], url, {"city": "Xiamen", "version": version}, 200)

    strip = send(sandbox.clients["mei"], url, {"city": "Harbin", "version": version}, 409).content.decode()

    assert "Bo" in strip
    assert "Xiamen" in strip
    assert Customer.objects.get(pk=pk).city == "Xiamen"
    keep = {"city": hidden_value(strip, "city"), "version": hidden_value(strip, "version")}
    assert keep["city"] == "Harbin"
    send(sandbox.clients["mei"], url, keep, 200)
    assert Customer.objects.get(pk=pk).city == "Harbin"


def test_two_values_of_one_field_can_be_combined_in_place(sandbox: World) -> None:
    pk = add_customers(sandbox, "mei", ["Contested"], city="Wuhan")[0]
    url = f"/customers/{pk}/field/city"
    version = hidden_value(read(sandbox.clients["mei"], url), "version")
    send(sandbox.clients["bo"], url, {"city": "Xiamen", "version": version}, 200)
    strip = send(sandbox.clients["mei"], url, {"city": "Harbin", "version": version}, 409).content.decode()

    assert 'title="Xiamen / Harbin"' in strip
    both = {"city": "Harbin", "version": hidden_value(strip, "version"), "combine": "1"}
    send(sandbox.clients["mei"], url, both, 200)

    assert Customer.objects.get(pk=pk).city == "Xiamen / Harbin"


def test_two_who_change_different_fields_both_win(sandbox: World) -> None:
    pk = add_customers(sandbox, "mei", ["Merged"], city="Wuhan", status="active")[0]
    version = hidden_value(read(sandbox.clients["mei"], f"/customers/{pk}/field/city"), "version")

    send(sandbox.clients["bo"], f"/customers/{pk}/field/city", {"city": "Xiamen", "version": version}, 200)
    send(sandbox.clients["mei"], f"/customers/{pk}/field/status", {"status": "lost", "version": version}, 200)

    record = Customer.objects.get(pk=pk)
    assert (record.city, record.status) == ("Xiamen", "lost")


def test_a_refused_value_stays_in_the_editor_with_the_reason(sandbox: World) -> None:
    pk = add_customers(sandbox, "mei", ["Refused"])[0]

    html = send(
        sandbox.clients["mei"], f"/customers/{pk}/field/birthday", {"birthday": "31.12.1999"}, 422
    ).content.decode()

    assert 'value="31.12.1999"' in html
    assert "Use YYYY-MM-DD" in html


@pytest.mark.parametrize("name", ["value", "email", "created_at", "no_such_field"])
def test_computed_and_unknown_fields_have_no_editor(sandbox: World, name: str) -> None:
    pk = sandbox.own["customer"]

    assert sandbox.clients["mei"].get(
        f"/customers/{pk}/field/{name}", secure=True, HTTP_HOST="localhost"
    ).status_code in (403, 404)


def test_a_hidden_field_is_not_on_the_page_nor_in_the_history(sandbox: World) -> None:
    pk = add_customers(sandbox, "mei", ["Hidden"], city="Wuhan")[0]
    change_record(Customer.objects.get(pk=pk), actor=SYSTEM, city="Xiamen")
    Role._default_manager.filter(key="mei").update(hidden_fields={"customer": ["city"]})
    access_changed()

    for url in (f"/customers/{pk}", f"/customers/{pk}?tab=changes", f"/customers/{pk}/peek"):
        html = read(sandbox.clients["mei"], url)
        assert "Xiamen" not in html
        assert "Wuhan" not in html
    read(sandbox.clients["mei"], f"/customers/{pk}/source/city", 404)


def test_a_deleted_record_is_gone_until_it_is_restored(sandbox: World) -> None:
    pk = add_customers(sandbox, "mei", ["Bin Me"])[0]
    send(sandbox.clients["mei"], f"/customers/{pk}/delete", {}, 302)

    read(sandbox.clients["mei"], f"/customers/{pk}", 404)
    assert "Bin Me" in read(sandbox.clients["mei"], "/customers/bin")
    assert "Bin Me" not in read(sandbox.clients["carla"], "/customers/bin")
    send(sandbox.clients["carla"], f"/customers/{pk}/restore", {}, 404)
    send(sandbox.clients["mei"], f"/customers/{pk}/restore", {}, 302)
    assert "Bin Me" in read(sandbox.clients["mei"], f"/customers/{pk}")


def test_the_hover_card_tells_who_set_a_value_and_what_it_was(sandbox: World) -> None:
    pk = add_customers(sandbox, "mei", ["Sourced"], city="Wuhan")[0]
    send(sandbox.clients["bo"], f"/customers/{pk}/field/city", {"city": "Xiamen"}, 200)

    card = read(sandbox.clients["mei"], f"/customers/{pk}/source/city")

    assert card.index("Xiamen") < card.index("Wuhan")
    assert "Bo" in card
    assert "by hand" in card


def test_related_lists_show_the_first_five_and_the_way_to_all(sandbox: World) -> None:
    pk = add_customers(sandbox, "mei", ["Known By Many Numbers"])[0]
    for number in range(7):
        values = {"customer": pk, "kind": "membership", "value": f"R-{number}"}
        create_record(record_type("identifier"), actor=SYSTEM, values=values)

    html = read(sandbox.clients["mei"], f"/customers/{pk}/around")

    card = html.split('id="card-identifiers"')[1].split("</section>")[0]
    assert card.count("R-") == 5
    assert f"/identifiers/?f=customer:in:{pk}" in card
    assert '<span class="count">7</span>' in card


def test_the_number_of_queries_of_a_record_page_does_not_grow_with_its_history(sandbox: World) -> None:
    pk = add_customers(sandbox, "mei", ["Long"])[0]

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            read(sandbox.clients["mei"], f"/customers/{pk}")
            read(sandbox.clients["mei"], f"/customers/{pk}/around")
        return len(captured)

    queries()
    few = queries()
    for number in range(30):
        change_record(Customer.objects.get(pk=pk), actor=SYSTEM, city=f"City {number}")

    assert queries() <= few + 1


def test_a_page_asks_for_its_cards_once_it_stands(sandbox: World) -> None:
    pk = add_customers(sandbox, "mei", ["Calm"])[0]

    html = read(sandbox.clients["mei"], f"/customers/{pk}?from=sort%3Dname")

    assert f'hx-get="/customers/{pk}/around?from=sort%3Dname" hx-trigger="load"' in html
    assert 'id="card-' not in html


def test_previous_and_next_follow_the_list_one_came_from(sandbox: World) -> None:
    ids = add_customers(sandbox, "mei", [f"Row {number:03d}" for number in range(60)])
    origin = "f=name:starts:Row&sort=name"

    first = read(sandbox.clients["mei"], f"/customers/{ids[0]}/around?from={origin.replace('&', '%26')}")
    edge = read(sandbox.clients["mei"], f"/customers/{ids[49]}/around?from={origin.replace('&', '%26')}")

    assert f"/customers/{ids[1]}?" in first
    assert 'rel="prev"' not in first
    assert "1 of 60" in first
    assert f"/customers/{ids[48]}?" in edge
    assert f"/customers/{ids[50]}?" in edge
    assert "50 of 60" in edge


@pytest.mark.parametrize(("status", "days", "late"), [("open", -1, True), ("open", 1, False), ("done", -1, False)])
@pytest.mark.parametrize("page", ["list", "board", "record"])
def test_a_deadline_stands_out_once_it_passed_while_the_task_is_open(
    sandbox: World, page: str, status: str, days: int, late: bool
) -> None:
    values = {"subject": "Call back", "status": status, "due_at": timezone.now() + timedelta(days=days)}
    pk = create_record(TASK, actor=SYSTEM, values={**values, "owner": sandbox.users["mei"].pk}).pk
    marks = {
        "list": ("/tasks/?f=subject:contains:Call back", '<span class="text-danger"><time'),
        "board": ("/tasks/board?f=subject:contains:Call back", "card-date is-late"),
        "record": (f"/tasks/{pk}", '<time class="date text-danger"'),
    }
    url, mark = marks[page]

    html = read(sandbox.clients["mei"], url)

    assert "Call back" in html
    assert (mark in html) is late


def test_the_form_of_a_new_customer_asks_for_phone_and_email_right_after_the_name(sandbox: World) -> None:
    pk = add_customers(sandbox, "mei", ["Reached"])[0]
    inputs = re.compile(r'id="field-(\w+)"')

    assert inputs.findall(read(sandbox.clients["mei"], "/customers/new"))[:4] == [
        "name",
        "latin_name",
        "phone",
        "email",
    ]
    assert not {"phone", "email"} & set(inputs.findall(read(sandbox.clients["mei"], f"/customers/{pk}/edit")))


def test_open_tasks_stand_on_the_customer_the_missed_ones_marked(sandbox: World) -> None:
    pk = add_customers(sandbox, "mei", ["Promised"])[0]
    for subject, status, days in (("Call back", "open", -1), ("Send price", "doing", 3), ("Thank", "done", -2)):
        values = {"subject": subject, "status": status, "customer": pk, "owner": sandbox.users["mei"].pk}
        create_record(TASK, actor=SYSTEM, values={**values, "due_at": timezone.now() + timedelta(days=days)})

    card = read(sandbox.clients["mei"], f"/customers/{pk}/around?from=").partition('id="card-panel-tasks"')[2]
    card = card.partition("</section>")[0]

    assert re.findall(r'<span class="grow">([^<]+)<', card) == ["Call back", "Send price"]
    assert card.count("text-danger") == 1
    assert f"/tasks/quick?customer={pk}" in card


def test_two_ties_to_the_same_customer_are_one_neighbour_with_two_words(sandbox: World) -> None:
    pk, other = add_customers(sandbox, "mei", ["Helen", "Harry"])
    for kind in ("spouse_of", "household_member_of"):
        create_record(record_type("relationship"), actor=SYSTEM, values={"customer": pk, "other": other, "kind": kind})

    html = read(sandbox.clients["mei"], f"/customers/{pk}/around?from=")

    assert html.count('<circle class="node') == 2
    assert re.findall(r'<span class="grow">Harry</span><span class="meta">([^<]+)<', html) == [
        "spouse of · household member of"
    ]


def test_a_new_interaction_begins_with_me_and_now(sandbox: World) -> None:
    pk = add_customers(sandbox, "mei", ["Spoken to"])[0]
    whole = read(sandbox.clients["mei"], f"/interactions/new?customer={pk}")
    form = read(sandbox.clients["mei"], f"/interactions/quick?customer={pk}")

    assert hidden_value(whole, "staff") == str(sandbox.users["mei"].pk)
    assert 'name="staff"' not in form, "the small form asks for six things, and knows who and when"
    now = re.search(r'type="datetime-local"[^>]*value="(20\d\d-\d\d-\d\dT\d\d:\d\d)', form)
    assert now is not None
    values = {"customer": pk, "channel": "visit", "subject": "By the way", "occurred_at": now.group(1)}
    send(sandbox.clients["mei"], "/interactions/quick", values, 302)
    made = Interaction._default_manager.get(subject="By the way")
    assert made.staff_id == sandbox.users["mei"].pk
    assert timezone.now() - made.occurred_at < timedelta(minutes=2)


def test_a_customer_shows_by_which_numbers_other_systems_know_it(sandbox: World) -> None:
    pk, other = add_customers(sandbox, "mei", ["Known", "Unknown"])
    till = SourceSystem.objects.create(key="till", name="Till", color="teal")
    ExternalKey.objects.create(record_type="customer", source=till, external_id="P0042", record_id=pk)

    html = read(sandbox.clients["mei"], f"/customers/{pk}/around?from=")

    assert '<span class="point-value">P0042</span><span class="point-label">Till</span>' in html
    assert "Numbers in other systems" not in read(sandbox.clients["mei"], f"/customers/{other}/around?from=")


def test_what_follows_a_deleted_customer_goes_with_it_and_comes_back_with_it(sandbox: World) -> None:
    pk, client = sandbox.own["customer"], sandbox.clients["mei"]
    followers = [item for item in record_types() if item.scope_through == "customer"]
    assert {"order", "interaction", "holding", "contact_point", "note"} <= {item.name for item in followers}
    seen = {item.name: client.get(f"/api/v1/{item.path}/count", **HOST).json()["count"] for item in followers}

    send(client, f"/customers/{pk}/delete", {}, 302)
    for item in followers:
        assert client.get(f"/api/v1/{item.path}/{sandbox.own[item.name]}", **HOST).status_code == 404, item.name
        assert client.get(f"/api/v1/{item.path}/count", **HOST).json()["count"] < seen[item.name], item.name

    send(client, f"/customers/{pk}/restore", {}, 302)
    for item in followers:
        assert client.get(f"/api/v1/{item.path}/count", **HOST).json()["count"] == seen[item.name], item.name
