"""The log of all changes reads in words, as the timeline of a record does."""

from __future__ import annotations

import re
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from guanxi.core.actor import Actor
from guanxi.identity.role.models import Role
from guanxi.identity.role.services import add_role, change_role
from guanxi.identity.team.models import Team
from guanxi.identity.user.models import User
from guanxi.identity.user.services import change_access, change_preferences
from guanxi.records.registry import record_type
from guanxi.records.shaping import services as shaping
from guanxi.records.writing import change_record, create_record, delete_record
from guanxi.work.comment.services import add_comment
from tests.identity.conftest import Person, as_actor, signed_in

LOG = "/settings/changes/"


def read(user: User, query: str = "") -> list[str]:
    """The rows of the log as a person reads them: words of each row, one space between."""
    page = signed_in(user).get(LOG + query).content.decode()
    rows = re.findall(r"<tr>.*?</tr>", page[page.index("<tbody>") :], re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]


def a_customer(actor: Actor, **values: object) -> Any:
    """A customer of this actor."""
    values = {"name": "晨月幼儿园", "kind": "organization", **values}
    return create_record(record_type("customer"), actor=actor, values=values)


def test_a_change_of_a_record_reads_as_on_its_timeline_with_names_and_labels(person: Person) -> None:
    boss, mei = person("boss", "administrator"), person("mei")
    customer = a_customer(as_actor(boss), city="上海市", status="active", owner=boss.pk)
    change_record(customer, actor=as_actor(boss), city="苏州市", status="lost", owner=mei.pk)

    changed, _created = read(boss, "?type=customer")
    for line in ("City 上海市 苏州市", "Status Active Lost", "Owner Boss Mei"):
        assert line in changed
    assert f"owner {mei.pk}" not in changed.lower()
    change_preferences(actor=as_actor(boss), language="zh-hans")
    chinese, _created = read(boss, "?type=customer")
    for line in ("城市 上海市 苏州市", "状态 活跃 流失", "负责人 Boss Mei"):
        assert line in chinese


def test_a_comment_is_called_by_the_record_it_stands_on_and_leads_to_it(person: Person) -> None:
    boss, mei = person("boss", "administrator"), person("mei")
    customer = a_customer(as_actor(boss))
    comment = add_comment(record_type("customer"), customer.pk, "Call them, @Mei.", actor=as_actor(boss),
                          chosen=(mei.pk,), told_anyway=True)  # fmt: skip

    (row,) = read(boss, "?type=comment")
    assert "晨月幼儿园 Comment created" in row
    assert "Comment Call them, @Mei. Addressed Mei" in row
    assert "Record type" not in row
    page = signed_in(boss).get(f"{LOG}?type=comment").content.decode()
    assert f'href="/customers/{customer.pk}#entry-k{comment.pk}"' in page


def test_changes_of_users_and_roles_name_roles_teams_and_rights(person: Person) -> None:
    boss, mei = person("boss", "administrator"), person("mei")
    north = Team._default_manager.create(name="North")
    change_access(mei, actor=as_actor(boss), role_keys=["salesperson", "analyst"], team_id=north.pk, territories=[],
                  is_active=True)  # fmt: skip
    analyst = Role._default_manager.get(key="analyst")
    add_role(actor=as_actor(boss), name="Helper", like=analyst)
    rights = {**analyst.permissions, "task": {"view": "own", "edit": "own"}}
    change_role(analyst, actor=as_actor(boss), permissions=rights, hidden_fields={"customer": ["city", "owner"]})

    changed, helper, moved = read(boss, f"?who={boss.pk}")
    assert "Roles Salesperson Analyst, Salesperson" in moved
    assert "Team North" in moved
    assert "With the rights of Analyst" in helper
    before = "View: team, Create: own, Edit: team, Delete: own, Export: own"
    assert f"Permissions › Tasks {before} View: own, Edit: own Hidden" in changed
    assert "Hidden fields › Customers none City, Owner" in changed
    change_preferences(actor=as_actor(boss), language="zh-hans")
    assert any("语言 English 简体中文" in row for row in read(boss, "?type=user"))


def test_changes_of_the_configuration_are_told_by_labels(person: Person) -> None:
    boss = person("boss", "administrator")
    customer = record_type("customer")
    shaping.add_field(customer, actor=as_actor(boss), kind="text", labels={"en": "Mood", "zh-hans": "心情"})
    shaping.change_layout(customer, actor=as_actor(boss), plan={"columns": ["name", "city"]})

    layout, added = read(boss, f"?who={boss.pk}")
    assert "Customers Layout changed Arranged anew Columns of the list" in layout
    for line in ("Customers › Mood Field created", "Labels Mood / 心情", "Record type Customers", "Kind Text"):
        assert line in added


def test_the_log_asks_as_many_questions_for_one_change_as_for_forty(person: Person) -> None:
    boss, mei = person("boss", "administrator"), person("mei")
    client = signed_in(boss)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"{LOG}?type=customer").status_code == 200
        return len(queries)

    customer = a_customer(as_actor(boss), owner=boss.pk)
    asked()
    once = asked()
    for turn in range(40):
        other = a_customer(as_actor(boss), owner=mei.pk) if turn % 2 else customer
        change_record(other, actor=as_actor(boss), city=f"City {turn}", owner=(mei, boss)[turn % 2].pk)
    assert asked() == once


def test_a_record_in_the_bin_keeps_its_title_and_loses_its_link(person: Person) -> None:
    boss = person("boss", "administrator")
    customer = a_customer(as_actor(boss))
    delete_record(customer, actor=as_actor(boss))
    deleted, created = read(boss, "?type=customer")
    assert "晨月幼儿园 Customer deleted" in deleted
    assert "晨月幼儿园 Customer created" in created
    assert f'href="/customers/{customer.pk}"' not in signed_in(boss).get(LOG).content.decode()
