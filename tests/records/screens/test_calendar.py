"""Calendars and timelines of every type with dates: what stands on which day, in whose time, and how it is moved."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from html import unescape
from typing import Any

import pytest

from guanxi.core.actor import SYSTEM
from guanxi.core.weeks import first_weekday, hours_of, offset_text, week_start
from guanxi.identity import actors
from guanxi.records.models import Change
from guanxi.records.registry import record_types
from guanxi.records.screens.calendar_events import in_lanes
from guanxi.records.screens.layouts import date_fields
from guanxi.records.writing import create_record
from guanxi.ui.calendar_page import Event
from guanxi.work.task.models import Task
from guanxi.work.task.record_type import TASK
from tests.records.screens.pages import read, send
from tests.world import HOST, World

WITH_DATES = [item for item in record_types() if date_fields(item, SYSTEM)]


def make_task(world: World, owner: str, subject: str, due: datetime | None) -> Task:
    """A task that is due at an instant."""
    values = {"subject": subject, "due_at": due, "owner": world.users[owner].pk, "status": "open"}
    return Task.objects.get(pk=create_record(TASK, actor=SYSTEM, values=values).pk)


def live_in(world: World, who: str, zone: str) -> None:
    """Let somebody live in a time zone."""
    type(world.users[who]).objects.filter(pk=world.users[who].pk).update(time_zone=zone)
    actors._CACHE.clear()  # what a test before this one changed was rolled back, with its number of changes


def on_day(html: str, day: str) -> str:
    """The part of a page that shows one day."""
    found = re.search(rf'<(td|section|div)[^>]*data-day="{day}".*?</\1>', html, re.S)
    return found.group() if found else ""


def test_a_month_shows_each_record_on_its_day_in_the_time_of_the_reader_and_no_foreign_one(sandbox: World) -> None:
    make_task(sandbox, "carla", "Late in the evening", datetime(2031, 3, 10, 17, 30, tzinfo=UTC))
    make_task(sandbox, "mei", "Not for Carla", datetime(2031, 3, 12, 9, tzinfo=UTC))
    live_in(sandbox, "carla", "Asia/Shanghai")

    html = read(sandbox.clients["carla"], "/tasks/calendar?view=all&span=month&on=2031-03-01")

    assert "Late in the evening" in on_day(html, "2031-03-11")
    assert "01:30" in on_day(html, "2031-03-11")
    assert "Late in the evening" not in on_day(html, "2031-03-10")
    assert "Not for Carla" not in html
    assert "Asia/Shanghai · UTC+8" in html


def test_a_day_beyond_its_room_says_how_many_more_stand_on_it(sandbox: World) -> None:
    for number in range(7):
        make_task(sandbox, "mei", f"Crowd {number}", datetime(2031, 4, 3, 9 + number, tzinfo=UTC))

    day = on_day(read(sandbox.clients["mei"], "/tasks/calendar?view=all&span=month&on=2031-04-01"), "2031-04-03")

    assert day.count("data-event=") == 3
    assert "4 more" in day


def test_an_agenda_lists_only_days_on_which_something_stands(sandbox: World) -> None:
    make_task(sandbox, "mei", "Only this", datetime(2031, 5, 20, 9, tzinfo=UTC))

    html = read(sandbox.clients["mei"], "/tasks/calendar?view=all&span=agenda&on=2031-05-01&f=subject:is:Only+this")

    assert re.findall(r'<section class="agenda-day[^"]*" data-day="([^"]+)"', html) == ["2031-05-20"]
    assert "Nothing in this period" in read(
        sandbox.clients["mei"], "/tasks/calendar?view=all&span=agenda&on=1999-05-01"
    )


@pytest.mark.parametrize(("day", "count", "twice"), [("2031-03-30", 23, ""), ("2031-10-26", 25, "02:00 +0100")])
def test_a_day_on_which_the_clocks_change_has_as_many_hours_as_pass(
    sandbox: World, day: str, count: int, twice: str
) -> None:
    live_in(sandbox, "carla", "Europe/Berlin")

    html = read(sandbox.clients["carla"], f"/tasks/calendar?view=all&span=day&on={day}")
    labels = re.findall(r"<span>(\d\d:\d\d[^<]*)</span>", html.split('class="hours-axis"')[-1])

    assert len(re.findall(r'data-at="', html)) == count
    assert len(labels) == count
    assert (twice in labels) == bool(twice)
    assert ("02:00" in labels) == (count == 24)
    week = read(sandbox.clients["carla"], f"/tasks/calendar?view=all&span=week&on={day}")
    assert week.count("is-missing") == (1 if count == 23 else 0)


def test_an_event_in_the_repeated_hour_stands_in_the_right_one(sandbox: World) -> None:
    live_in(sandbox, "carla", "Europe/Berlin")
    make_task(sandbox, "carla", "Second two o'clock", datetime(2031, 10, 26, 1, 0, tzinfo=UTC))

    html = read(sandbox.clients["carla"], "/tasks/calendar?view=all&span=day&on=2031-10-26")

    placed = re.search(r'class="event[^"]*event--timed v-(\d+) n-(\d+)', html)
    assert placed is not None
    assert (placed.group(1), placed.group(2)) == ("13", "2")  # three hours have passed since midnight


def test_weeks_begin_as_they_do_where_the_reader_is() -> None:
    assert (first_weekday("Asia/Shanghai"), first_weekday("America/New_York"), first_weekday("Asia/Dubai")) == (0, 6, 0)
    assert week_start(date(2026, 11, 22), "America/New_York") == date(2026, 11, 22)
    assert week_start(date(2026, 11, 22), "Asia/Shanghai") == date(2026, 11, 16)
    assert len(hours_of(date(2026, 3, 29), "Europe/Berlin")) == 23
    assert offset_text("Asia/Kathmandu", datetime(2026, 1, 1, tzinfo=UTC)) == "UTC+5:45"


def test_events_that_overlap_stand_side_by_side_and_lanes_are_used_again() -> None:
    events = [(1, 8, 1), (3, 4, 2), (7, 4, 3), (20, 2, 4)]
    made = [(row, height, Event(pk, f"{pk}", "", "", 1)) for row, height, pk in events]

    placed = {item.id: (item.lane, item.lanes) for item in in_lanes(made)}

    assert placed == {1: (0, 2), 2: (1, 2), 3: (1, 2), 4: (0, 1)}


def test_moving_to_another_day_keeps_the_time_of_the_clock_over_a_change_of_clocks_and_is_taken_back(
    sandbox: World,
) -> None:
    live_in(sandbox, "carla", "Europe/Berlin")
    before = datetime(2031, 3, 28, 8, 0, tzinfo=UTC)  # nine o'clock
    task = make_task(sandbox, "carla", "Nine o'clock", before)

    answer = send(sandbox.clients["carla"], f"/tasks/{task.pk}/reschedule?in=calendar", {
        "day": "2031-03-31", "version": str(task.version)}, 204)  # fmt: skip

    task.refresh_from_db()
    assert task.due_at == datetime(2031, 3, 31, 7, 0, tzinfo=UTC)
    events = json.loads(answer["HX-Trigger"])
    assert "calendar-changed" in events
    assert "Nine o'clock" in events["toast"]["text"]
    send(sandbox.clients["carla"], events["toast"]["undo"], {}, 204)
    task.refresh_from_db()
    assert task.due_at == before


def test_moving_to_an_instant_sets_it_to_the_quarter(sandbox: World) -> None:
    task = make_task(sandbox, "mei", "Moves", datetime(2031, 6, 2, 9, 0, tzinfo=UTC))

    send(sandbox.clients["mei"], f"/tasks/{task.pk}/reschedule?in=calendar", {
        "at": "2031-06-03T14:00:00+00:00", "minutes": "45", "version": str(task.version)}, 204)  # fmt: skip

    task.refresh_from_db()
    assert task.due_at == datetime(2031, 6, 3, 14, 45, tzinfo=UTC)


@pytest.mark.parametrize("values", [{"day": "soon"}, {"days": "x"}, {"at": "2031", "minutes": "y"}, {}])
def test_words_that_are_no_date_move_nothing(sandbox: World, values: dict[str, str]) -> None:
    task = make_task(sandbox, "mei", "Stays", datetime(2031, 6, 2, 9, 0, tzinfo=UTC))
    changes = Change.objects.count()

    send(sandbox.clients["mei"], f"/tasks/{task.pk}/reschedule?in=calendar", values, 422)

    task.refresh_from_db()
    assert task.due_at == datetime(2031, 6, 2, 9, 0, tzinfo=UTC)
    assert Change.objects.count() == changes


def test_nobody_moves_what_is_not_theirs_or_meanwhile_changed(sandbox: World) -> None:
    task = make_task(sandbox, "carla", "Carla's", datetime(2031, 6, 2, 9, 0, tzinfo=UTC))
    address = f"/tasks/{task.pk}/reschedule?in=calendar"

    send(sandbox.clients["mei"], address, {"day": "2031-06-09"}, 404)
    send(sandbox.clients["carla"], address, {"days": "1", "version": str(task.version)}, 204)
    send(sandbox.clients["carla"], address, {"days": "1", "version": str(task.version)}, 409)

    task.refresh_from_db()
    assert task.due_at == datetime(2031, 6, 3, 9, 0, tzinfo=UTC)


def test_a_free_day_offers_a_new_record_on_it(sandbox: World) -> None:
    html = read(sandbox.clients["mei"], "/tasks/calendar?view=all&span=month&on=2031-07-01")
    found = re.search(r'data-day="2031-07-15" data-create="([^"]+)"', html)
    assert found is not None

    form = read(sandbox.clients["mei"], unescape(found.group(1)))

    assert 'value="2031-07-15T09:00"' in form


@pytest.mark.parametrize("record_type", WITH_DATES, ids=lambda item: item.name)
def test_every_type_with_dates_has_a_calendar_and_a_timeline_by_each_of_them(record_type: Any, sandbox: World) -> None:
    client = sandbox.clients["root"]
    for item in date_fields(record_type, sandbox.actor("root")):
        for page in ("calendar?span=month", "calendar?span=week", "calendar?span=agenda", "timeline?span=year"):
            html = read(client, f"/{record_type.path}/{page}&by={item.name}")
            assert "data-calendar" in html
    assert client.get(f"/{record_type.path}/calendar?by=nothing", **HOST).status_code == 422


def test_a_timeline_draws_a_bar_from_one_date_to_another(sandbox: World) -> None:
    task = make_task(sandbox, "mei", "Bar", datetime(2031, 8, 5, 12, tzinfo=UTC))
    Task.objects.filter(pk=task.pk).update(done_at=datetime(2031, 8, 9, 12, tzinfo=UTC))

    html = read(sandbox.clients["mei"], "/tasks/timeline?view=all&on=2031-08-01&until=done_at&f=subject:is:Bar")
    point = read(sandbox.clients["mei"], "/tasks/timeline?view=all&on=2031-08-01&f=subject:is:Bar")
    later = read(sandbox.clients["mei"], "/tasks/timeline?view=all&on=2031-09-01&until=done_at&f=subject:is:Bar")

    assert "event--bar v-5 n-5" in html
    assert "event--bar v-5 n-1" in point
    assert "event--bar" not in later
