"""Nobody gains what they lacked, and there is always an administrator."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from guanxi.core.actor import SYSTEM, Actor, Scope
from guanxi.core.errors import Conflict, DomainError, Invalid, NotAllowed
from guanxi.identity.actors import ADMINISTRATIVE, actor_of, merge_grants
from guanxi.identity.role.models import Role
from guanxi.identity.role.rules import DEFAULT_ROLES
from guanxi.identity.role.services import add_role, change_permissions, change_role, delete_role
from guanxi.identity.team.models import Team
from guanxi.identity.user.models import User
from guanxi.identity.user.services import add_user, change_access, change_preferences
from guanxi.records.models import Change
from guanxi.records.registry import record_type, record_types
from guanxi.records.writing import change_record, create_record, delete_record
from tests.identity.conftest import PASSWORD, Person, as_actor, signed_in

KEYS = [role.key for role in DEFAULT_ROLES]
WRITES = ("create", "edit", "delete", "import", "score")


def role_of(key: str) -> Role:
    """A default role."""
    return Role._default_manager.get(key=key)


def test_read_only_changes_nothing(person: Person) -> None:
    actor = as_actor(person("rita", "read-only"))
    for item in record_types():
        for verb in WRITES:
            assert actor.scope(verb, item.name) is Scope.NONE, (verb, item.name)
    assert actor.scope("view", "customer") is Scope.ALL
    assert actor.scope("export", "customer") is Scope.NONE


def test_a_service_agent_sees_no_margins(person: Person) -> None:
    actor = as_actor(person("sven", "service-agent"))
    for type_name, field in (("customer", "margin"), ("customer", "profit"), ("product", "unit_cost"),
                             ("order", "total_cost")):  # fmt: skip
        assert not actor.sees_field(type_name, field), (type_name, field)
    assert actor.scope("delete", "customer") is Scope.NONE
    assert actor.scope("export", "customer") is Scope.NONE


def test_a_field_is_hidden_only_when_every_role_hides_it(person: Person) -> None:
    both = as_actor(person("both", "service-agent", "salesperson"))
    assert both.sees_field("customer", "margin")


@pytest.mark.parametrize("key", KEYS)
def test_every_default_role_names_known_types_verbs_and_fields(key: str) -> None:
    role = role_of(key)
    if not role.is_administrator:
        change_permissions(role, actor=SYSTEM, permissions=role.permissions, hidden_fields=role.hidden_fields)


@pytest.mark.parametrize("key", [key for key in KEYS if key != "administrator"])
def test_no_role_but_the_administrators_changes_users_roles_teams_or_territories(key: str, person: Person) -> None:
    actor = as_actor(person("u", key))
    for name in ADMINISTRATIVE:
        assert all(actor.scope(verb, name) is Scope.NONE for verb in WRITES), name


def test_a_stored_permission_to_edit_teams_counts_for_nothing() -> None:
    everything = {"*": {"*": "all"}, "team": {"edit": "all", "create": "all"}}
    merged = merge_grants([everything])
    assert merged["team"] == {"view": Scope.ALL, "export": Scope.ALL}
    assert merged["customer"]["delete"] is Scope.ALL


def test_several_roles_give_the_widest_scope_of_each_permission() -> None:
    merged = merge_grants([{"customer": {"view": "own", "edit": "team"}}, {"customer": {"view": "territory"}}])
    assert (merged["customer"]["view"], merged["customer"]["edit"]) == (Scope.TERRITORY, Scope.TEAM)


@pytest.mark.parametrize("permissions", [
    {"spaceship": {"view": "all"}}, {"customer": {"fly": "all"}}, {"customer": {"view": "everywhere"}},
    {"user": {"edit": "all"}}, {"product": {"view": "own"}},
])  # fmt: skip
def test_unknown_permissions_are_refused(permissions: dict[str, dict[str, str]]) -> None:
    role = role_of("salesperson")
    with pytest.raises(Invalid):
        change_permissions(role, actor=SYSTEM, permissions=permissions, hidden_fields={})
    assert role_of("salesperson").permissions == role.permissions


def test_a_hidden_field_must_exist() -> None:
    with pytest.raises(Invalid):
        change_role(role_of("salesperson"), actor=SYSTEM, hidden_fields={"customer": ["no_such_field"]})


def test_a_change_of_a_role_is_felt_at_the_next_request(person: Person) -> None:
    client = signed_in(person("rita", "read-only"))
    assert client.get("/customers/").status_code == 200
    change_permissions(role_of("read-only"), actor=SYSTEM, permissions={}, hidden_fields={})
    assert client.get("/customers/").status_code in (403, 404)


def test_two_who_change_a_role_at_once_do_not_overwrite_each_other() -> None:
    role = role_of("analyst")
    change_role(role, actor=SYSTEM, version=role.version, description="first")
    with pytest.raises(Conflict):
        change_role(role, actor=SYSTEM, version=role.version, description="second")
    assert role_of("analyst").description == "first"


def test_the_administrators_role_can_neither_be_limited_nor_deleted() -> None:
    role = role_of("administrator")
    with pytest.raises(Invalid):
        change_role(role, actor=SYSTEM, permissions={"customer": {"view": "own"}})
    with pytest.raises(Invalid):
        delete_role(role, actor=SYSTEM)


def test_a_copy_of_the_administrators_role_is_no_administrators_role() -> None:
    made = add_role(actor=SYSTEM, name="Second in command", like=role_of("administrator"))
    assert not made.is_administrator
    assert made.permissions == {}


def test_a_role_that_somebody_holds_cannot_be_deleted(person: Person) -> None:
    user = person("ana", "analyst")
    with pytest.raises(Invalid):
        delete_role(role_of("analyst"), actor=SYSTEM)
    change_access(user, actor=SYSTEM, role_keys=["read-only"], team_id=None, territories=(), is_active=True)
    delete_role(role_of("analyst"), actor=SYSTEM)
    assert role_of("analyst").deleted_at is not None


@pytest.mark.parametrize("change", [{"role_keys": ["read-only"]}, {"is_active": False}])
def test_the_last_administrator_stays(change: dict[str, Any], person: Person) -> None:
    boss = person("boss", "administrator")
    given: dict[str, Any] = {"role_keys": ["administrator"], "team_id": None, "territories": (), "is_active": True}
    with pytest.raises(Invalid):
        change_access(boss, actor=as_actor(boss), **{**given, **change})
    assert as_actor(boss).is_administrator
    second = person("second", "administrator")
    change_access(boss, actor=as_actor(second), **{**given, **change})
    assert not (actor_of(boss.pk) or Actor(None, "")).is_administrator


def test_an_inactive_administrator_does_not_count_as_one(person: Person) -> None:
    boss, second = person("boss", "administrator"), person("second", "administrator")
    given: dict[str, Any] = {"role_keys": ["administrator"], "team_id": None, "territories": ()}
    change_access(second, actor=as_actor(boss), **given, is_active=False)
    with pytest.raises(Invalid):
        change_access(boss, actor=as_actor(boss), **given, is_active=False)


class Escalation(RuleBasedStateMachine):
    """Somebody who is no administrator tries everything, in any order; everybody's rights stay as they are."""

    @initialize(key=st.sampled_from([key for key in KEYS if key != "administrator"]))
    def start(self, key: str) -> None:
        """Begin with a rogue of one role and a bystander."""
        self.count = 0
        suffix = User._default_manager.count()
        north = Team._default_manager.create(name=f"north {suffix}")
        self.teams = [north, Team._default_manager.create(name=f"south {suffix}", parent=None)]
        self.rogue = add_user(actor=SYSTEM, email=f"rogue{suffix}@example.com", name="Rogue", password=PASSWORD,
                              role_keys=[key], team_id=north.pk)  # fmt: skip
        self.other = add_user(actor=SYSTEM, email=f"other{suffix}@example.com", name="Other", password=PASSWORD,
                              role_keys=["salesperson"])  # fmt: skip
        self.before = {user.pk: as_actor(user) for user in (self.rogue, self.other)}
        self.roles = {role.pk: (role.permissions, role.hidden_fields, role.is_administrator)
                      for role in Role._default_manager.all()}  # fmt: skip

    def attempt(self, act: Any) -> None:
        """Try something; only a refusal in our own words is accepted as failure."""
        self.count += 1
        try:
            act()
        except DomainError:
            return

    @property
    def actor(self) -> Actor:
        """The rogue as the next request would have it."""
        return as_actor(self.rogue)

    @rule(key=st.sampled_from(KEYS))
    def invite(self, key: str) -> None:
        self.attempt(lambda: add_user(actor=self.actor, email=f"x{self.count}@example.com", name="X", password=PASSWORD,
                                      role_keys=[key]))  # fmt: skip

    @rule(key=st.sampled_from(KEYS), whose=st.sampled_from(["rogue", "other"]), team=st.sampled_from([0, 1]))
    def assign(self, key: str, whose: str, team: int) -> None:
        self.attempt(lambda: change_access(getattr(self, whose), actor=self.actor, role_keys=[key], territories=(),
                                           team_id=self.teams[team].pk, is_active=True))  # fmt: skip

    @rule(key=st.sampled_from(KEYS), verb=st.sampled_from(["view", "edit", "delete", "export"]))
    def edit_role(self, key: str, verb: str) -> None:
        self.attempt(lambda: change_role(role_of(key), actor=self.actor, permissions={"customer": {verb: "all"}}))

    @rule(key=st.sampled_from(KEYS))
    def copy_role(self, key: str) -> None:
        self.attempt(lambda: add_role(actor=self.actor, name=f"mine {self.count}", like=role_of(key)))

    @rule(key=st.sampled_from(KEYS))
    def unhide(self, key: str) -> None:
        self.attempt(lambda: change_role(role_of(key), actor=self.actor, hidden_fields={}))

    @rule(field=st.sampled_from(["team", "is_active", "email", "roles", "territories", "password", "last_login",
    "version",
                                 "is_administrator", "deleted_at"]), whose=st.sampled_from(["rogue",
                                 "other"]))  # fmt: skip
    def edit_user_record(self, field: str, whose: str) -> None:
        value = self.teams[1].pk if field == "team" else True
        self.attempt(lambda: change_record(getattr(self, whose), actor=self.actor, **{field: value}))

    @rule(field=st.sampled_from(["team", "territories", "is_active", "roles", "email", "is_administrator"]))
    def set_preference(self, field: str) -> None:
        self.attempt(lambda: change_preferences(actor=self.actor, **{field: [1]}))

    @rule(first=st.sampled_from([0, 1]))
    def move_team(self, first: int) -> None:
        self.attempt(lambda: change_record(self.teams[first], actor=self.actor, parent=self.teams[1 - first].pk))

    @rule()
    def make_team(self) -> None:
        self.attempt(lambda: create_record(record_type("team"), actor=self.actor,
                                           values={"name": f"t{self.count}", "parent": self.teams[0].pk}))  # fmt: skip

    @rule(name=st.sampled_from(["rogue", "other"]))
    def delete_user(self, name: str) -> None:
        self.attempt(lambda: delete_record(getattr(self, name), actor=self.actor))

    @precondition(lambda self: hasattr(self, "before"))
    @invariant()
    def nobody_gained_or_lost_anything(self) -> None:
        """Both have exactly the rights they began with, and every role is as it was."""
        for user_id, before in self.before.items():
            now = actor_of(user_id)
            assert now is not None
            assert (now.grants, now.hidden, now.locked, now.team_ids, now.territory_ids, now.is_administrator) == (
                before.grants, before.hidden, before.locked, before.team_ids, before.territory_ids, False,
            )  # fmt: skip
        assert {
            role.pk: (role.permissions, role.hidden_fields, role.is_administrator)
            for role in Role._default_manager.all()
        } == self.roles


def test_nobody_gains_a_permission_they_lacked() -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Escalation,
        settings=settings(max_examples=25, stateful_step_count=15, deadline=None, database=None,
                          suppress_health_check=list(HealthCheck)),
    )  # fmt: skip


def test_a_refused_attempt_writes_nothing(person: Person) -> None:
    rogue, other = person("rogue", "sales-manager"), person("other")
    before = Change.objects.count()
    for act in (
        lambda: change_access(other, actor=as_actor(rogue), role_keys=["administrator"], team_id=None, territories=(),
                              is_active=True),
        lambda: add_role(actor=as_actor(rogue), name="Mine"),
        lambda: change_role(role_of("analyst"), actor=as_actor(rogue), description="x"),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            act()
    assert Change.objects.count() == before
