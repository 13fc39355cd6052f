"""Notes, tasks and tags of the demo company; all generated."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import polars as pl

from guanxi.packs.grocery import draws
from guanxi.packs.grocery.contacts import Customer
from guanxi.packs.grocery.people import Person
from guanxi.packs.grocery.service_words import NOTES, TAGS, TASKS

PERSONAL_TAGS = ("pets", "young_family", "bargain_hunter", "staff_family")
NOTE_SHARE, TASK_SHARE = 0.22, 0.12


def make_notes(customers: list[Customer], start: datetime, end: datetime) -> pl.DataFrame:
    """A note by the owner on about every fifth customer (see ``DemoCompany.notes``)."""
    rows = []
    for customer in customers:
        number = customer.number
        if draws.one("has note", number) >= NOTE_SHARE:
            continue
        text = NOTES[draws.one_below("note", number, len(NOTES))]
        at = start + timedelta(seconds=int((end - start).total_seconds() * draws.one("note time", number)))
        body = text[1] if customer.city.country == "CN" else text[0]
        rows.append((f"N{number:06d}", customer.external_id, customer.owner, at, body))
    schema = {"external_id": pl.String, "customer_id": pl.String, "author": pl.String}
    return pl.DataFrame(
        rows, schema={**schema, "written_at": pl.Datetime("us", "UTC"), "body": pl.String}, orient="row"
    ).sort("external_id")


def make_tasks(customers: list[Customer], as_of: date) -> pl.DataFrame:
    """Tasks of the owners, due from 60 days before ``as_of`` to 30 days after (see ``DemoCompany.tasks``).

    Of those due before ``as_of`` four in five are done, the others overdue; of those due later one in ten is done.
    """
    rows = []
    for customer in customers:
        number = customer.number
        if draws.one("has task", number) >= TASK_SHARE:
            continue
        text = TASKS[draws.one_below("task", number, len(TASKS))]
        due = as_of + timedelta(days=draws.one_below("task due", number, 91) - 60)
        done = draws.one("task done", number) < (0.8 if due < as_of else 0.1)
        done_on = min(due, as_of - timedelta(days=1)) if done else None
        priority = ("low", "normal", "high")[draws.one_weighted("priority", number, (2, 5, 2))]
        title = text[1] if customer.city.country == "CN" else text[0]
        status = "done" if done else "open"
        rows.append((f"T{number:06d}", customer.external_id, customer.owner, title, due, status, priority, done_on))
    columns = ["external_id", "customer_id", "assignee", "title", "due_on", "status", "priority", "done_on"]
    types = {"due_on": pl.Date, "done_on": pl.Date}
    schema = {name: types.get(name, pl.String) for name in columns}
    return pl.DataFrame(rows, schema=schema, orient="row").sort("external_id")


def make_tags() -> pl.DataFrame:
    """The tags (see ``DemoCompany.tags``)."""
    rows = [tag[:3] for tag in TAGS]
    return pl.DataFrame(rows, schema=["code", "name_en", "name_zh"], orient="row")


def make_customer_tags(customers: list[Customer]) -> pl.DataFrame:
    """Which customer carries which tag, drawn independently (see ``DemoCompany.customer_tags``)."""
    rows = []
    for code, _, _, share in TAGS:
        for customer in customers:
            suits = isinstance(customer, Person) or code not in PERSONAL_TAGS
            if suits and draws.one(f"tag {code}", customer.number) < share:
                rows.append((customer.external_id, code))
    return pl.DataFrame(rows, schema=["customer_id", "tag_code"], orient="row").sort("customer_id", "tag_code")
