"""Choices of declared fields in the words, order and colours of a company, in force wherever records are."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from guanxi.core.actor import SYSTEM, Actor
from guanxi.core.errors import Invalid, NotAllowed, NotFound
from guanxi.customers.customer.models import Customer
from guanxi.records.changes import history
from guanxi.records.importing.targets import choice_words
from guanxi.records.registry import record_type
from guanxi.records.screens.inputs import form_field
from guanxi.records.shaping import services
from guanxi.records.shaping.models import Configuration, Picklist
from guanxi.records.shaping.transfer import differences, read_configuration, take_in, write_configuration
from tests.records.shaping.conftest import said, settle
from tests.security.matrix import send
from tests.world import HOST, World

CUSTOMER = record_type("customer")
AS_DECLARED = ["prospect", "active", "inactive", "lost", "blocked"]


def kept(*changed: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the statuses of customers with some of them changed, and what is new at the end."""
    by_value = {item["value"]: item for item in changed if item.get("value")}
    usual = [by_value.get(value, {"value": value, "color": "gray"}) for value in AS_DECLARED]
    return [*usual, *(item for item in changed if not item.get("value") or item["value"] not in AS_DECLARED)]


def arrange(*changed: dict[str, Any]) -> None:
    """Change the statuses of customers."""
    services.change_choices(CUSTOMER, "status", actor=SYSTEM, choices=kept(*changed))
    settle()


TRIAL = {"labels": said("On trial", "试用中"), "color": "violet"}


def test_an_added_choice_is_written_read_listed_and_filtered_by_like_a_built_in_one(sandbox: World) -> None:
    arrange(TRIAL)
    assert [choice.value for choice in CUSTOMER["status"].choices] == [*AS_DECLARED, "on_trial"]
    made = send(sandbox, "mei", "POST", "/api/v1/customers", {"name": "Chen Wei", "status": "on_trial"})
    assert (made.status_code, made.json()["status"]) == (201, "on_trial")
    assert Customer.objects.get(pk=made.json()["id"]).get_status_display() == "On trial"
    client = sandbox.clients["mei"]
    assert "On trial" in client.get(f"/customers/{made.json()['id']}", **HOST).content.decode()
    listed = client.get("/customers/?f=status:in:on_trial", **HOST).content.decode()
    assert "Chen Wei" in listed
    assert 'id="cards-on_trial"' in client.get("/customers/board", **HOST).content.decode()
    document = send(sandbox, "root", "GET", "/api/v1/openapi.json").content.decode()
    assert '"on_trial"' in document
    assert choice_words(CUSTOMER["status"], {})["on_trial"] == ("On trial", "试用中")


def test_words_are_a_companys_where_it_gave_some_and_ours_elsewhere(sandbox: World) -> None:
    arrange({"value": "prospect", "labels": said("Suspect"), "color": "pink"})
    found = CUSTOMER["status"].choice("prospect")
    assert found is not None
    assert (str(found.label), found.color) == ("Suspect", "pink")
    with translation.override("zh-hans"):
        assert str(found.label) == "潜在"
    services.change_choices(CUSTOMER, "status", actor=SYSTEM, choices=())
    settle()
    found = CUSTOMER["status"].choice("prospect")
    assert found is not None
    assert (str(found.label), found.color) == ("prospect", "blue")


def test_a_retired_choice_stays_on_records_and_is_offered_no_more(sandbox: World) -> None:
    old = sandbox.own["customer"]
    assert send(sandbox, "mei", "PATCH", f"/api/v1/customers/{old}", {"status": "lost"}).status_code == 200
    arrange({"value": "lost", "retired": True}, {"value": "blocked", "retired": True})
    actor = sandbox.actor("mei")
    assert [option.value for option in form_field(CUSTOMER["status"], actor).options] == AS_DECLARED[:3]
    assert [option.value for option in form_field(CUSTOMER["status"], actor, "lost").options] == AS_DECLARED[:4]
    board = sandbox.clients["mei"].get("/customers/board", **HOST).content.decode()
    assert 'id="cards-lost"' in board
    assert 'id="cards-blocked"' not in board
    assert send(sandbox, "mei", "PATCH", f"/api/v1/customers/{old}", {"city": "Suzhou"}).status_code == 200


def refused(field: str, choices: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Return why choices of customers are refused, and make sure that nothing was written."""
    before = list(Picklist.objects.values_list("choices", flat=True)), Configuration.objects.get().version
    with pytest.raises(Invalid) as refusal:
        services.change_choices(CUSTOMER, field, actor=SYSTEM, choices=choices)
    assert (list(Picklist.objects.values_list("choices", flat=True)), Configuration.objects.get().version) == before
    return refusal.value.errors


def test_what_records_or_guanxi_need_is_refused_with_a_sentence(sandbox: World) -> None:
    arrange(TRIAL)
    old = sandbox.own["customer"]
    assert send(sandbox, "mei", "PATCH", f"/api/v1/customers/{old}", {"status": "on_trial"}).status_code == 200
    used = {"choices": ["Records still have: On trial (1). Change them first, or retire the choice."]}
    assert refused("status", kept()) == used
    assert refused("status", []) == used
    assert refused("status", kept({"value": "active", "retired": True})) == {
        "choices": ["Guanxi sets these itself, so they can't be retired: active."]
    }
    assert refused("gender", [{"labels": said("Unknown")}]) == {
        "choices": ["Guanxi computes with these choices: they can be renamed and retired, not added to."]
    }
    assert refused("status", kept({"labels": said("Active")})) == {"choices": ["Two choices have the same words."]}


def test_who_is_no_administrator_and_what_is_no_picklist_is_refused(sandbox: World) -> None:
    for actor, name, error in (
        (sandbox.actor("mei"), "status", NotAllowed), (SYSTEM, "name", NotFound), (SYSTEM, "tier", NotFound),
        (SYSTEM, "x_grade", NotFound),
    ):  # fmt: skip
        with pytest.raises(error):
            change_as(actor, name)
    assert not Picklist.objects.exists()


def change_as(actor: Actor, name: str) -> None:
    """Try to add a choice to a field of customers."""
    services.change_choices(CUSTOMER, name, actor=actor, choices=kept(TRIAL))


def test_the_page_keeps_what_was_typed_and_the_history_says_so(sandbox: World) -> None:
    client, path = sandbox.clients["root"], "/settings/records/customer/choices/status/"
    page = client.get(path, **HOST).content.decode()
    assert 'placeholder="Prospect"' in page
    rows = [*AS_DECLARED, ""]
    sent = {"choice_value": rows, "choice_en": ["", "", "", "", "", "On trial"], "choice_zh": [""] * 6,
            "choice_color": ["gray"] * 6, "choice_retired": ["blocked"]}  # fmt: skip
    answer = client.post(path, sent | {"choice_en": ["On trial", "", "", "", "", "On trial"]}, **HOST)
    assert answer.status_code == 422
    assert "Two choices have the same words." in answer.content.decode()
    assert not Picklist.objects.exists()

    assert client.post(path, sent, **HOST).status_code == 302
    settle()
    kept_row = Picklist.objects.get()
    assert [item["value"] for item in kept_row.choices] == [*AS_DECLARED, "on_trial"]
    assert [item["value"] for item in kept_row.choices if item.get("retired")] == ["blocked"]
    assert [entry.verb for entry in history("picklist", kept_row.pk, limit=5)] == ["changed"]
    changes = client.get("/settings/changes/?type=picklist", **HOST).content.decode()
    assert "Customers › Status" in changes
    assert client.post(f"{path}reset/", **HOST).status_code == 302
    settle()
    assert [choice.value for choice in CUSTOMER["status"].choices] == AS_DECLARED
    assert sandbox.clients["mei"].get(path, **HOST).status_code == 403
    assert client.get("/settings/records/customer/choices/tier/", **HOST).status_code == 404


def test_choices_go_along_in_the_file_of_the_configuration(sandbox: World) -> None:
    arrange(TRIAL)
    data = write_configuration()
    services.change_choices(CUSTOMER, "status", actor=SYSTEM, choices=())
    settle()
    changes = differences(read_configuration(data))
    assert [(item.how, item.what) for item in changes] == [("changed", "choices · Customers › status")]
    assert take_in(read_configuration(data), SYSTEM) == 1
    settle()
    assert CUSTOMER["status"].choice_label("on_trial") == "On trial"
    assert differences(read_configuration(data)) == []
