"""The pages on which administrators shape records: what they answer, refuse and keep."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from guanxi.identity.models import Role
from guanxi.identity.shaping.tasks import take_in_configuration
from guanxi.records.registry import record_type
from guanxi.records.shaping.models import ConfigurationFile, CustomField, CustomType, ValidationRule
from guanxi.work.models import Task
from tests.records.shaping.conftest import field, settle
from tests.security.matrix import send
from tests.world import HOST, World


def post(world: World, path: str, **values: Any) -> Any:
    """Send a form as the administrator."""
    return world.clients["root"].post(path, values, **HOST)


def get(world: World, path: str) -> str:
    """Return a page as the administrator sees it."""
    answer = world.clients["root"].get(path, **HOST)
    assert answer.status_code == 200, path
    return str(answer.content.decode())


def test_roles_use_a_new_record_type_as_they_use_the_named_one(sandbox: World) -> None:
    words = {"label_en": "boat", "plural_en": "boats", "icon": "box", "rights": "customer"}
    assert post(sandbox, "/settings/records/new/", **words).status_code == 302
    settle()
    for role in Role._default_manager.filter(is_administrator=False, deleted_at=None):
        assert role.permissions.get("x_boat") == role.permissions.get("customer")
    assert sandbox.clients["mei"].get("/boats/", **HOST).status_code == 200
    assert sandbox.clients["sam"].get("/boats/", **HOST).status_code == 403


def test_a_type_without_a_name_comes_back_with_a_sentence(sandbox: World) -> None:
    number = CustomType.objects.count()
    answer = post(sandbox, "/settings/records/new/", icon="box")
    assert answer.status_code == 422
    assert "Give it a name in at least one language." in answer.content.decode()
    assert CustomType.objects.count() == number


def test_a_formula_is_tried_over_the_newest_records_while_it_is_written(sandbox: World) -> None:
    good = post(sandbox, "/settings/records/customer/formula/", formula="[Seats] * 2", decimals="1").content.decode()
    assert "Gives a number." in good
    bad = post(sandbox, "/settings/records/customer/formula/", formula="[Nothing] * 2").content.decode()
    assert "There is no field “Nothing”." in bad
    assert (
        sandbox.clients["mei"].post("/settings/records/customer/formula/", {"formula": "1"}, **HOST).status_code == 403
    )


def test_choices_are_entered_in_rows_and_come_back_after_a_mistake(sandbox: World) -> None:
    path = "/settings/records/customer/fields/new/choice/"
    rows = {
        "choice_value": ["", ""],
        "choice_en": ["Gold", "gold"],
        "choice_zh": ["金", ""],
        "choice_color": ["yellow", "gray"],
    }
    answer = post(sandbox, path, label_en="Medal", **rows)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Two choices have the same words." in page
    assert 'value="Gold"' in page
    rows["choice_en"][1] = "Silver"
    assert post(sandbox, path, label_en="Medal", **rows).status_code == 302
    kept = CustomField.objects.get(name="x_medal").options["choices"]
    assert [(choice["value"], choice["color"]) for choice in kept] == [("gold", "yellow"), ("silver", "gray")]


def test_a_roll_up_is_put_together_from_what_points_here(sandbox: World) -> None:
    path = "/settings/records/customer/fields/new/rollup/"
    assert "x_project.x_customer" in get(sandbox, path)
    values = {"label_en": "Budgets", "rollup": "x_project.x_customer", "how": "sum", "measure": "x_project.x_budget"}
    assert post(sandbox, path, **values).status_code == 302
    settle()
    row = sandbox.clients["root"].get(f"/api/v1/customers/{sandbox.own['customer']}?fields=x_budgets", **HOST).json()
    assert row["x_budgets"] == "12.50"


def test_a_roll_up_adds_up_only_what_a_view_shows_and_keeps_that_filter(sandbox: World) -> None:
    path, mine = "/settings/records/customer/fields/new/rollup/", sandbox.own["customer"]
    for subject, status in (("Call", "open"), ("Write", "done"), ("Visit", "waiting")):
        values = {"subject": subject, "status": status, "customer": mine}
        assert send(sandbox, "root", "POST", "/api/v1/tasks", values).status_code == 201
    values = {"label_en": "Open tasks", "rollup": "task.customer", "how": "count", "only": "x_project.all"}
    refused = post(sandbox, path, **values)
    assert (refused.status_code, CustomField.objects.filter(name="x_open_tasks").exists()) == (422, False)
    assert "Choose a view of the records that are added up." in refused.content.decode()

    assert post(sandbox, path, **values | {"only": "task.open"}).status_code == 302
    settle()
    every = Task._default_manager.filter(customer_id=mine, deleted_at=None)

    def shown() -> int:
        address = f"/api/v1/customers/{mine}?fields=x_open_tasks"
        return int(sandbox.clients["root"].get(address, **HOST).json()["x_open_tasks"])

    assert shown() == every.exclude(status="done").count() >= 2
    item = CustomField.objects.get(name="x_open_tasks")
    edit = f"/settings/records/customer/fields/{item.pk}/"
    assert "As it is kept now" in get(sandbox, edit)
    assert post(sandbox, edit, **values | {"only": "kept", "label_en": "To do"}).status_code == 302
    settle()
    assert shown() == every.exclude(status="done").count()
    assert post(sandbox, edit, **values | {"only": ""}).status_code == 302
    settle()
    assert shown() == every.count()


def test_a_rule_is_written_changed_and_deleted(sandbox: World) -> None:
    base = "/settings/records/customer/rules/"
    values = {"name": "Seats", "formula": "[Seats] > ", "sentence_en": "Too many.", "is_active": "1"}
    assert post(sandbox, f"{base}new/", **values).status_code == 422
    values["formula"] = "[Seats]"
    assert "A condition is a comparison" in post(sandbox, f"{base}new/", **values).content.decode()
    values["formula"] = "[Seats] > 5000"
    assert post(sandbox, f"{base}new/", **values).status_code == 302
    rule = ValidationRule.objects.get(name="Seats")
    assert "[Seats] &gt; 5000" in get(sandbox, base)
    assert post(sandbox, f"{base}{rule.pk}/", **{**values, "is_active": ""}).status_code == 302
    assert ValidationRule.objects.get(pk=rule.pk).is_active is False
    assert post(sandbox, f"{base}{rule.pk}/delete/").status_code == 302
    assert not ValidationRule.objects.filter(pk=rule.pk).exists()


def test_a_layout_is_saved_as_it_was_sent_and_reset(sandbox: World) -> None:
    path = "/settings/records/x_project/layout/"
    values = {"section": ["main"], "main:en": "Plan", "fields:main": ["name", "x_due"],
              "left": ["x_customer", "x_stage", "x_budget", "x_budget_currency"], "columns": ["name", "x_due"],
              "highlights": ["x_stage"], "quick": ["name"], "board_card": ["x_due"], "board": "x_stage"}  # fmt: skip
    assert post(sandbox, path, **values).status_code == 302
    settle()
    project = record_type("x_project")
    assert (project.columns, project.sections[0].fields) == (("name", "x_due"), ("name", "x_due"))
    assert (str(project.sections[0].label), [part.key for part in project.sections]) == ("Plan", ["main"])
    field("x_project", "text", "Remark")
    assert project.sections[0].fields == ("name", "x_due", "x_remark")  # what comes later stands on the page
    assert post(sandbox, path, reset="1").status_code == 302
    settle()
    assert project.columns[:2] == ("name", "x_customer")


def test_a_configuration_is_compared_and_taken_in_by_the_worker(sandbox: World) -> None:
    document = json.loads(sandbox.clients["root"].get("/settings/configuration/file/", **HOST).content)
    document["fields"].append({"record_type": "customer", "name": "x_motto", "kind": "text", "labels": {"en": "Motto"}})
    file = SimpleUploadedFile("ours.json", json.dumps(document).encode(), "application/json")
    answer = post(sandbox, "/settings/configuration/", file=file)
    kept = ConfigurationFile.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/settings/configuration/{kept.pk}/")
    assert "field · Customers › Motto" in get(sandbox, answer["Location"])
    assert post(sandbox, f"{answer['Location']}apply/").status_code == 302
    take_in_configuration.func(file_id=kept.pk)
    kept.refresh_from_db()
    assert (kept.state, kept.changed, kept.outcome) == ("done", 1, "")
    settle()
    assert record_type("customer").get("x_motto") is not None


@pytest.mark.parametrize("data", [b"{}", b"\x00"])
def test_a_wrong_configuration_file_is_refused_on_its_page(sandbox: World, data: bytes) -> None:
    answer = post(sandbox, "/settings/configuration/", file=SimpleUploadedFile("x.json", data))
    assert answer.status_code == 422
    assert "This isn&#39;t a configuration of Guanxi" in answer.content.decode()
    assert not ConfigurationFile.objects.exists()


@pytest.mark.parametrize(
    "path",
    ["", "new/", "customer/", "customer/fields/new/", "customer/fields/new/formula/", "customer/layout/", "x_project/",
     "x_project/edit/", "x_project/rules/new/"],
)  # fmt: skip
def test_the_pages_are_there_for_administrators_alone(sandbox: World, path: str) -> None:
    get(sandbox, f"/settings/records/{path}")
    assert sandbox.clients["bo"].get(f"/settings/records/{path}", **HOST).status_code == 403


@pytest.mark.parametrize(
    "path", ["user/", "tag/", "transaction/", "ghost/", "customer/fields/new/sql/", "customer/fields/0/"]
)
def test_what_is_not_shaped_has_no_page(sandbox: World, path: str) -> None:
    assert sandbox.clients["root"].get(f"/settings/records/{path}", **HOST).status_code == 404
