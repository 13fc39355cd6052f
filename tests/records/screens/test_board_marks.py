"""Cards on a board say what is planned next, and warn where nothing is though something should be."""

from __future__ import annotations

import re
from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from guanxi.core.actor import SYSTEM
from guanxi.customers.models import Customer
from guanxi.identity.actors import access_changed
from guanxi.identity.models import Role
from guanxi.records.writing import create_record
from guanxi.ui import formats
from guanxi.work.models import Task
from guanxi.work.task.record_type import TASK
from tests.records.screens.pages import add_customers, read, send
from tests.world import World


def plan(world: World, who: str, customer: int, days: int | None, status: str = "open") -> Task:
    user = world.users[who]
    due = None if days is None else timezone.now() + timedelta(days=days)
    values = {"subject": "Call", "customer": customer, "due_at": due, "status": status, "owner": user.pk,
              "team": user.team_id}  # fmt: skip
    return Task.objects.get(pk=create_record(TASK, actor=SYSTEM, values=values).pk)


def moment_for(world: World, who: str, task: Task) -> str:
    """When a task is due, as one of the cast reads it."""
    assert task.due_at is not None
    with timezone.override(world.actor(who).time_zone), translation.override("en"):
        return formats.moment(task.due_at)


def sign_on(html: str, customer: int) -> str:
    card = re.search(rf'id="card-{customer}".*?</article>', html, re.S)
    assert card is not None
    sign = re.search(r'class="[^"]*next-activity.*?</(?:span|button)>', card.group(), re.S)
    return sign.group() if sign else ""


def test_a_prospect_without_a_next_step_is_marked_and_its_mark_plans_one(sandbox: World) -> None:
    prospect, buyer = add_customers(sandbox, "mei", ["Hopeful"], status="prospect") + add_customers(
        sandbox, "mei", ["Buyer"], status="active"
    )

    html = read(sandbox.clients["mei"], "/customers/board")

    mark = sign_on(html, prospect)
    assert "Nothing is planned" in mark
    assert f'hx-get="/tasks/quick?stay=list&amp;customer={prospect}"' in mark
    assert sign_on(html, buyer) == ""
    answer = send(sandbox.clients["mei"], "/tasks/quick", {
        "subject": "Visit", "customer": str(prospect), "priority": "normal", "owner": str(sandbox.users["mei"].pk),
        "stay": "list"}, 204)  # fmt: skip
    assert "list-changed" in answer["HX-Trigger"]
    assert "HX-Refresh" not in answer
    assert "Planned without a date" in sign_on(read(sandbox.clients["mei"], "/customers/board"), prospect)


def test_the_first_open_task_is_what_is_planned_next_and_a_missed_one_stands_out(sandbox: World) -> None:
    later, missed, done = add_customers(sandbox, "mei", ["Later", "Missed", "Done"], status="prospect")
    plan(sandbox, "mei", later, 9)
    first = plan(sandbox, "mei", later, 5)
    plan(sandbox, "mei", later, 2, "done")
    late = plan(sandbox, "mei", missed, -1)
    plan(sandbox, "mei", missed, 1)
    plan(sandbox, "mei", done, 3, "done")

    html = read(sandbox.clients["mei"], "/customers/board")

    assert 'class="next-activity"' in sign_on(html, later)
    assert f'title="Next: {moment_for(sandbox, "mei", first)}"' in sign_on(html, later)
    assert "is-late" in sign_on(html, missed)
    assert f'title="Next: {moment_for(sandbox, "mei", late)} · late"' in sign_on(html, missed)
    assert "Nothing is planned" in sign_on(html, done)


def test_tasks_that_the_reader_may_not_see_are_no_next_step(sandbox: World) -> None:
    pk = add_customers(sandbox, "mei", ["Shared"], status="prospect")[0]
    plan(sandbox, "carla", pk, 4)

    assert "Nothing is planned" in sign_on(read(sandbox.clients["mei"], "/customers/board"), pk)


def test_the_signs_of_a_whole_board_cost_one_query_however_many_cards_have_one(sandbox: World) -> None:
    def queries(signs: int) -> int:
        read(sandbox.clients["mei"], "/customers/board")  # what is remembered from page to page is known from now on
        with CaptureQueriesContext(connection) as captured:
            html = read(sandbox.clients["mei"], "/customers/board")
        assert len(re.findall('title="Next: ', html)) == signs
        return len(captured)

    def fill(word: str) -> None:
        for days, status in ((3, "prospect"), (1, "active"), (-2, "lost")):
            plan(sandbox, "mei", add_customers(sandbox, "mei", [f"{word} {status}"], status=status)[0], days)

    Customer.objects.update(deleted_at=timezone.now())
    fill("One")
    of_three = queries(3)
    fill("Two")
    of_six = queries(6)
    Role._default_manager.filter(key="mei").update(hidden_fields={"task": ["due_at"]})
    access_changed()

    assert (of_six, queries(0)) == (of_three, of_three - 1)
