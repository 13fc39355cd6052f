"""Reading pages and sending forms in tests."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from guanxi.core.actor import SYSTEM
from guanxi.customers.customer.record_type import CUSTOMER
from guanxi.records.models import BulkJob
from guanxi.records.screens import bulk_jobs
from guanxi.records.writing import create_record
from tests.world import HOST, World

BULK_ROWS = "all=1&where=f%3Dname%3Astarts%3ABulk"
"""The part of an address that selects all customers whose name begins with “Bulk”."""


def row_ids(html: str) -> list[int]:
    """The ids of the rows of a list, in their order."""
    return [int(number) for number in re.findall(r'<tr id="row-(\d+)"', html)]


def hidden_value(html: str, name: str) -> str:
    """The value of a hidden input."""
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', html)
    assert found is not None, name
    return unescape(found.group(1))


def next_url(html: str) -> str:
    """The address of the next page of a list, or an empty string on the last one."""
    found = re.search(r'href="([^"]+)" rel="next"', html)
    return unescape(found.group(1)) if found else ""


def read(client: Client, url: str, status: int = 200, **headers: str) -> str:
    """The text of a page that answers with ``status``."""
    response = client.get(url, **HOST, **headers)
    assert response.status_code == status, (url, response.status_code)
    return response.content.decode()


def send(client: Client, url: str, values: dict[str, Any], status: int) -> Any:
    """The answer to a form that was sent."""
    response = client.post(url, values, **HOST)
    assert response.status_code == status, (url, response.status_code, response.content[:500])
    return response


def add_customers(world: World, owner: str, names: list[str], **values: Any) -> list[int]:
    """Create customers of one owner and return their ids."""
    user = world.users[owner]
    return [
        int(create_record(CUSTOMER, actor=SYSTEM, values={
            "name": name, "owner": user.pk, "team": user.team_id, "kind": "person", **values}).pk)
        for name in names
    ]  # fmt: skip


def ask_for_many(world: World, monkeypatch: pytest.MonkeyPatch, verb: str, **values: str) -> BulkJob:
    """Let Mei confirm an action on all `BULK_ROWS`, more than are done at once, and return its job."""
    monkeypatch.setattr(bulk_jobs, "AT_ONCE", 2)
    token = hidden_value(read(world.clients["mei"], f"/customers/bulk/{verb}?{BULK_ROWS}&field=status"), "selection")
    answer = send(world.clients["mei"], f"/customers/bulk/{verb}", {"selection": token, **values}, 200)
    assert 'role="progressbar"' in answer.content.decode()
    return BulkJob.objects.get()
