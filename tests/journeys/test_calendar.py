"""Calendars by pointer and by keys: moved, taken back, added to, seen on a phone; timelines beside them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from guanxi.identity.models import User
from guanxi.work.task.models import Task
from tests.journeys.browser import PHONE
from tests.journeys.conftest import Open

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


def make_task(page: Page, subject: str, due: str) -> Task:
    """A task that the reader of the page adds by the form of new tasks, due at a local moment."""
    page.evaluate(
        """values => fetch("/tasks/quick", {method: "POST", body: new URLSearchParams(values), headers: {
            "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content}})""",
        {"subject": subject, "priority": "normal", "status": "open", "due_at": due},
    )
    return Task.objects.get(subject=subject)


def drag(page: Page, what: Locator, to: Locator, down: float = 0.5) -> None:
    """Drag with the pointer into the middle of another element."""
    begin, end = what.bounding_box(), to.bounding_box()
    assert begin is not None
    assert end is not None
    page.mouse.move(begin["x"] + 20, begin["y"] + 8)
    page.mouse.down()
    page.mouse.move(begin["x"] + 30, begin["y"] + 18, steps=3)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] * down, steps=6)
    page.mouse.up()


def centre(what: Locator) -> dict[str, float]:
    """The point in the middle of an element."""
    box = what.bounding_box()
    assert box is not None
    return {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}


def local(task: Task) -> str:
    """When a task is due by the clock of the sales manager."""
    task.refresh_from_db()
    zone = ZoneInfo(User.objects.get(email="sales-manager@example.com").time_zone)
    assert task.due_at is not None
    return task.due_at.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def test_an_event_is_dragged_to_another_day_taken_back_and_moved_by_keys(visit: Open) -> None:
    page = visit("sales-manager").page
    task = make_task(page, "Dragged", "2031-02-04T10:00")
    page.goto("/tasks/calendar?view=all&span=month&on=2031-02-01")
    event = page.locator(f"[data-event='{task.pk}']")
    drag(page, event, page.locator("td[data-day='2031-02-13']"))
    expect(page.locator("td[data-day='2031-02-13'] [data-event]")).to_have_count(1)
    assert local(task) == "2031-02-13 10:00"

    page.locator("#toasts [data-undo]").click()
    expect(page.locator("td[data-day='2031-02-04'] [data-event]")).to_have_count(1)
    assert local(task) == "2031-02-04 10:00"

    event.focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("td[data-day='2031-02-11'] [data-event]")).to_have_count(1)
    expect(event).to_be_focused()
    page.keyboard.press("Alt+ArrowLeft")
    expect(page.locator("td[data-day='2031-02-10'] [data-event]")).to_have_count(1)
    assert local(task) == "2031-02-10 10:00"


def test_a_finger_that_rests_on_an_event_carries_it_to_another_day_and_one_that_moves_at_once_scrolls(
    visit: Open,
) -> None:
    page = visit("sales-manager", PHONE).page
    task = make_task(page, "Carried", "2031-02-04T10:00")
    page.goto("/tasks/calendar?view=all&span=month&on=2031-02-01")
    event = page.locator(f"[data-event='{task.pk}']")
    finger = page.context.new_cdp_session(page)

    def carry(rest_ms: int) -> None:
        places = [centre(event), centre(page.locator("td[data-day='2031-02-13']"))]
        finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [places[0]]})
        page.wait_for_timeout(rest_ms)
        for part in (0.3, 0.6, 1.0):
            point = {axis: places[0][axis] + part * (places[1][axis] - places[0][axis]) for axis in ("x", "y")}
            finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    carry(0)
    page.wait_for_timeout(300)
    assert local(task) == "2031-02-04 10:00"
    carry(600)
    expect(page.locator("td[data-day='2031-02-13'] [data-event]")).to_have_count(1)
    assert local(task) == "2031-02-13 10:00"


def test_an_event_is_dragged_to_another_hour_and_looked_at_beside(visit: Open) -> None:
    page = visit("sales-manager").page
    task = make_task(page, "Hourly", "2031-03-05T10:00")
    page.goto("/tasks/calendar?view=all&span=week&on=2031-03-05")
    event = page.locator(f"[data-event='{task.pk}']")
    drag(page, event, page.locator("[data-hours='2031-03-07'] .hour").nth(13), down=0.3)
    expect(page.locator("[data-hours='2031-03-07'] [data-event]")).to_have_count(1)
    assert local(task) == "2031-03-07 13:15"
    event.click()
    expect(page.locator("#panel-slot .side-panel")).to_contain_text("Hourly")


def test_a_free_place_and_the_key_t_ask_for_a_new_record_there(visit: Open) -> None:
    seen = visit("sales-manager")
    page = seen.page
    page.goto("/tasks/calendar?view=all&span=month&on=2031-04-01")
    page.locator("td[data-day='2031-04-16']").click(position={"x": 60, "y": 90})
    due = page.locator("dialog[open] [name=due_at]")
    expect(due).to_have_value("2031-04-16T09:00")
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)

    page.locator("[rel=next]").click()
    expect(page.locator(".calendar-title")).to_have_text(re.compile("May"))
    seen.settled()
    page.keyboard.press("t")
    expect(due).to_have_value(re.compile("2031-05-01T09:00"))
    page.locator("dialog[open] [name=subject]").fill("Added by key")
    page.keyboard.press("Control+Enter")
    expect(page.locator("td[data-day='2031-05-01'] [data-event]")).to_have_count(1)
    task = Task.objects.get(subject="Added by key")
    assert local(task) == "2031-05-01 09:00"


def test_a_phone_shows_the_agenda_first_and_a_month_when_asked(visit: Open) -> None:
    page = visit("sales-manager", PHONE).page
    make_task(page, "On a phone", datetime.now(UTC).strftime("%Y-%m-15T12:00"))
    page.goto("/tasks/calendar?view=all")
    expect(page.locator(".agenda-day", has_text="On a phone")).to_be_visible()
    expect(page.locator(".month")).to_be_hidden()
    page.goto("/tasks/calendar?view=all&span=month")
    expect(page.locator(".month")).to_be_visible()
    wide, view = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= view


def test_a_timeline_is_chosen_beside_list_and_board_and_saved_as_a_view(visit: Open) -> None:
    page = visit("marketer").page
    page.goto("/customers/")
    page.locator(".layouts a").nth(3).click()
    page.wait_for_url("**/customers/timeline**")
    page.locator(".segmented a", has_text="Year").click()
    expect(page.locator(".tl-tick")).to_have_count(12)
    page.locator("[popovertarget=view-menu]").click()
    page.locator("#view-menu .menu-item", has_text="Save as new").click()
    page.locator("dialog[open] [name=name]").fill("Years")
    page.keyboard.press("Enter")
    expect(page.locator(".view-tab[aria-current]")).to_contain_text("Years")
    expect(page.locator(".tl-tick")).to_have_count(12)
