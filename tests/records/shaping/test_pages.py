"""The pages on which administrators shape records: what they answer, refuse and keep."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from guanxi.identity.models import Role
from guanxi.identity.role.services import add_role, change_role
from guanxi.identity.shaping.icons import ICONS
from guanxi.identity.shaping.tasks import take_in_configuration
from guanxi.identity.user.services import change_access, change_preferences
from guanxi.records.models import Change, ChangeSet
from guanxi.records.registry import record_type
from guanxi.records.shaping.models import ConfigurationFile, CustomField, CustomType, ValidationRule
from guanxi.records.shaping.services import add_field
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
        rights = role.permissions.get("customer") or {}
        assert role.permissions.get("x_boat", {}) == {verb: rights[verb] for verb in rights if verb != "score"}
    assert sandbox.clients["mei"].get("/boats/", **HOST).status_code == 200
    assert sandbox.clients["sam"].get("/boats/", **HOST).status_code == 403


def test_a_new_record_type_is_one_recent_change_that_says_how_it_goes_away_again(sandbox: World) -> None:
    words = {"label_en": "kite", "plural_en": "kites", "label_zh": "风筝", "icon": "box", "rights": "customer"}
    assert post(sandbox, "/settings/records/new/", **words).status_code == 302
    settle()
    made = ChangeSet.objects.get(kind="new_type", actor_id=sandbox.users["root"].pk)
    written = Change.objects.filter(change_set_id=made.pk)
    roles = Role._default_manager.filter(permissions__has_key="x_kite").count()
    assert roles > 3
    assert sorted(row.record_type for row in written) == ["custom_type", *["role"] * roles]
    assert made.title == "Created the record type kites"

    page = get(sandbox, "/changes")
    assert page.count("Created the record type kites") == 1
    for noise in ("Changed a field", "Changed Permissions"):
        assert noise not in page
    assert "Delete it under Settings › Record types; it can be restored there for 30 days." in page
    assert f'href="/changes/{made.pk}"' not in page
    assert "Delete it under Settings › Record types" in get(sandbox, f"/changes/{made.pk}")
    assert post(sandbox, f"/changes/{made.pk}/undo", page="1").status_code == 409
    assert ChangeSet.objects.get(pk=made.pk).undone_at is None
    assert CustomType.objects.get(name="x_kite").state == "live"
    change_preferences(actor=sandbox.actor("root"), language="zh-hans")
    assert "已创建记录类型：风筝" in get(sandbox, "/changes")


def test_a_record_type_is_not_made_where_the_rights_to_follow_are_unknown(sandbox: World) -> None:
    words = {"label_en": "ghost", "plural_en": "ghosts", "icon": "box", "rights": "spaceship"}
    assert post(sandbox, "/settings/records/new/", **words).status_code == 422
    assert not CustomType.objects.filter(name="x_ghost").exists()
    assert not ChangeSet.objects.filter(kind="new_type", counts__plurals__en="ghosts").exists()


def test_a_new_field_leaves_no_recent_change_and_rights_of_a_role_offer_no_undo(sandbox: World) -> None:
    before = get(sandbox, "/changes").count('class="tm-row"')
    add_field(record_type("customer"), actor=sandbox.actor("root"), kind="text", labels={"en": "Motto"})
    assert get(sandbox, "/changes").count('class="tm-row"') == before

    role = Role._default_manager.filter(is_administrator=False, deleted_at=None).first()
    assert role is not None
    change_role(role, actor=sandbox.actor("root"), permissions={"task": {"view": "own"}})
    change = Change.objects.filter(record_type="role", record_id=role.pk).latest("pk")
    page = get(sandbox, "/changes")
    assert "Changed Permissions" in page
    assert f'href="/changes/one/{change.pk}"' not in page
    assert "This kind of change can&#39;t be undone." in get(sandbox, f"/changes/one/{change.pk}")


def test_the_icon_of_a_record_type_is_picked_among_named_pictures(sandbox: World) -> None:
    page = get(sandbox, "/settings/records/new/")
    picker = page[page.index('role="radiogroup"') :]
    picker = picker[: picker.index("</div>")]
    assert picker.count('type="radio"') == len(ICONS) == 30
    for name, words in (("house", "House"), ("folder-kanban", "Project")):
        assert f'name="icon" value="{name}" aria-label="{words}"' in picker
        assert f'.svg#{name}"></use>' in picker
    assert picker.count(" checked") == 1
    assert 'value="box" aria-label="Box" checked' in picker
    assert "<select" not in picker

    words = {"label_en": "drone", "plural_en": "drones", "icon": "rocket", "rights": ""}
    assert post(sandbox, "/settings/records/new/", **words).status_code == 302
    assert CustomType.objects.get(name="x_drone").icon == "rocket"
    assert 'value="rocket" aria-label="Rocket" checked' in get(sandbox, "/settings/records/x_drone/edit/")
    refused = post(sandbox, "/settings/records/new/", label_en="sub", plural_en="subs").content.decode()
    assert "Choose an icon." in refused
    change_preferences(actor=sandbox.actor("root"), language="zh-hans")
    assert 'value="rocket" aria-label="火箭"' in get(sandbox, "/settings/records/new/")


def test_an_icon_that_a_configuration_brought_stays_when_the_type_is_renamed(sandbox: World) -> None:
    CustomType.objects.filter(name="x_project").update(icon="anchor")
    page = get(sandbox, "/settings/records/x_project/edit/")
    assert 'value="anchor" aria-label="anchor" checked' in page
    words = {"label_en": "project", "plural_en": "undertakings", "icon": "anchor"}
    assert post(sandbox, "/settings/records/x_project/edit/", **words).status_code == 302
    assert CustomType.objects.get(name="x_project").icon == "anchor"


def test_what_a_user_may_do_is_changed_back_on_its_own_page_only(sandbox: World) -> None:
    boss, mei = sandbox.actor("root"), sandbox.users["mei"]
    keys = list(mei.roles.values_list("key", flat=True))
    change_access(
        mei, actor=boss, role_keys=keys, team_id=sandbox.users["carla"].team_id, territories=(), is_active=False
    )
    change = Change.objects.filter(record_type="user", record_id=mei.pk).latest("pk")
    page = get(sandbox, "/changes")
    assert "Changed Team, Active" in page
    assert f'href="/changes/one/{change.pk}"' not in page
    assert post(sandbox, f"/changes/one/{change.pk}/undo", page="1").status_code == 409
    mei.refresh_from_db()
    assert (mei.is_active, mei.team_id) == (False, sandbox.users["carla"].team_id)

    role = add_role(actor=boss, name="Lookout")
    made = Change.objects.filter(record_type="role", record_id=role.pk, verb="created").get()
    assert f'href="/changes/one/{made.pk}"' not in get(sandbox, "/changes")


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


def test_a_choice_is_retired_on_the_page_of_its_field_stays_on_records_and_comes_back(sandbox: World) -> None:
    item, mine = CustomField.objects.get(name="x_grade"), sandbox.own["customer"]
    assert send(sandbox, "root", "PATCH", f"/api/v1/customers/{mine}", {"x_grade": "poor"}).status_code == 200
    path = f"/settings/records/customer/fields/{item.pk}/"
    assert 'name="choice_retired" value="poor"' in get(sandbox, path)
    rows: dict[str, Any] = {
        "label_en": "Grade", "label_zh": "等级", "choice_value": ["best", "good", "poor"],
        "choice_en": ["Best", "Good", "Poor"], "choice_zh": ["优", "良", "差"],
        "choice_color": ["green", "gray", "red"],
    }  # fmt: skip
    gone = {name: value[:2] if isinstance(value, list) else value for name, value in rows.items()}
    refused = post(sandbox, path, **gone)
    number = record_type("customer").model._default_manager.filter(x_grade="poor").count()
    assert refused.status_code == 422
    assert f"Records still have: Poor ({number}). Change them first, or retire the choice." in refused.content.decode()
    everything = post(sandbox, path, **rows, choice_retired=["best", "good", "poor"])
    assert (everything.status_code, "Enter at least one choice." in everything.content.decode()) == (422, True)
    assert CustomField.objects.get(pk=item.pk).options == item.options

    assert post(sandbox, path, **rows, choice_retired=["poor"]).status_code == 302
    settle()
    kept = CustomField.objects.get(pk=item.pk).options["choices"]
    assert [(choice["value"], bool(choice.get("retired"))) for choice in kept] == [
        ("best", False), ("good", False), ("poor", True),
    ]  # fmt: skip
    assert 'value="poor" checked' in get(sandbox, path)
    offered = get(sandbox, "/customers/new")
    assert ('<option value="good"' in offered, '<option value="poor"' in offered) == (True, False)
    assert '<option value="poor"' in get(sandbox, f"/customers/{mine}/edit")
    assert "Poor" in get(sandbox, f"/customers/{mine}")
    assert send(sandbox, "mei", "PATCH", f"/api/v1/customers/{mine}", {"city": "Suzhou"}).status_code == 200

    assert post(sandbox, path, **rows).status_code == 302
    settle()
    assert CustomField.objects.get(pk=item.pk).options == item.options
    assert '<option value="poor"' in get(sandbox, "/customers/new")


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
