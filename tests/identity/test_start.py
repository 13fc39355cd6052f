"""Getting started: six items that tick themselves from what is there, put away by those who want, and short tours."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guanxi.config.start import checklist, welcome
from guanxi.config.tours import MOST_STEPS, steps_of
from guanxi.identity.models import PutAway
from guanxi.identity.user.models import User
from guanxi.packs.sample.services import load_samples
from guanxi.records.models import SavedView
from tests.world import HOST, World
from tests.worldly import sandbox, world

__all__ = ["sandbox", "world"]


def done(world: World) -> dict[str, bool]:
    """What is ticked, by item."""
    return {item.key: item.done for item in checklist(world.actor("root"))}


def test_six_items_open_real_screens_and_tick_themselves(sandbox: World) -> None:
    root = sandbox.clients["root"]
    items = checklist(sandbox.actor("root"))

    assert [item.key for item in items] == ["company", "team", "mail", "import", "shape", "view"]
    for item in items:
        assert root.get(item.url, **HOST).status_code == 200, item.url
    before = done(sandbox)
    assert before["team"], "the cast has more than one user"
    assert not before["view"]
    SavedView.objects.create(record_type="customer", name="Mine", owner=sandbox.users["root"])
    assert done(sandbox) == {**before, "view": True}
    User.objects.exclude(pk=sandbox.users["root"].pk).update(is_active=False)
    assert not done(sandbox)["team"]


def test_sample_customers_are_no_import(sandbox: World) -> None:
    from guanxi.customers.models import Customer

    Customer.objects.all().update(deleted_at="2026-01-01T00:00Z")
    assert not done(sandbox)["import"]
    load_samples(actor=sandbox.actor("root"))
    assert not done(sandbox)["import"]


def test_the_first_page_shows_the_list_to_administrators_until_it_is_put_away(sandbox: World) -> None:
    assert "start-card" not in sandbox.clients["mei"].get("/", **HOST).content.decode()
    root = sandbox.clients["root"]
    assert "start-card" in root.get("/", **HOST).content.decode()

    assert root.post("/preferences/away", {"key": "checklist"}, **HOST).status_code == 204
    assert root.post("/preferences/away", {"key": "checklist"}, **HOST).status_code == 204

    assert "start-card" not in root.get("/", **HOST).content.decode()
    assert PutAway._default_manager.filter(user=sandbox.users["root"]).count() == 1
    assert "start-list" in root.get("/settings/start/", **HOST).content.decode(), "it can be looked at again"


def test_the_list_costs_the_first_page_two_questions_however_much_is_there(sandbox: World) -> None:
    root = sandbox.actor("root")
    with CaptureQueriesContext(connection) as captured:
        assert len(welcome(root).items) == 6
    assert len(captured) == 2  # what was put away, and what is done


def test_a_tour_that_was_seen_is_not_offered_again_to_this_user(sandbox: World) -> None:
    assert welcome(sandbox.actor("mei")).tour == "home"
    sandbox.clients["mei"].post("/preferences/away", {"key": "tour.home"}, **HOST)
    assert welcome(sandbox.actor("mei")).tour == ""
    assert welcome(sandbox.actor("bo")).tour == "home"


@pytest.mark.parametrize("key", ["", "x" * 60, "Drop;", "tour home"])
def test_only_names_are_put_away(sandbox: World, key: str) -> None:
    assert sandbox.clients["mei"].post("/preferences/away", {"key": key}, **HOST).status_code == 422
    assert not PutAway._default_manager.exists()


@pytest.mark.parametrize("name", ["home", "list", "record"])
def test_tours_take_five_steps_at_most(sandbox: World, name: str) -> None:
    steps = sandbox.clients["mei"].get(f"/tours/{name}", **HOST).json()["steps"]

    assert 1 < len(steps) == len(steps_of(name)) <= MOST_STEPS
    assert sandbox.clients["mei"].get("/tours/nowhere", **HOST).status_code == 404
