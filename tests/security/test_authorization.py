"""Who gets which answer from the API, for every route, record type, actor and kind of record; generated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from guanxi.core.policy import policy_of
from guanxi.identity.middleware import LIBRARY_VIEWS
from guanxi.records.declaration import RecordType
from guanxi.records.grouping import GROUPABLE
from guanxi.records.registry import record_types
from guanxi.work.comment.services import add_comment
from tests.routes import own_routes, routes
from tests.security.matrix import ACTORS, NOBODYS_ID, RELATIONS, as_json, expected, send, target
from tests.world import Tables, World, taken_back, valid_values

TYPES = [pytest.param(record, id=record.name) for record in record_types()]
ONE = {"read": ("GET", ""), "history": ("GET", "/history"), "change": ("PATCH", ""), "delete": ("DELETE", ""),
       "restore": ("POST", "/restore")}  # fmt: skip

SAID = {"comments": ("GET", ""), "comment_add": ("POST", ""), "comment_read": ("GET", "/{}"),
        "comment_change": ("PATCH", "/{}"), "comment_delete": ("DELETE", "/{}"),
        "comment_restore": ("POST", "/{}/restore")}  # fmt: skip


def test_every_route_declares_who_may_call_it() -> None:
    bare = [
        str(route)
        for route in routes()
        if policy_of(route.view) is None and not route.view.__module__.startswith((*LIBRARY_VIEWS, "django.views."))
    ]

    assert bare == []


def test_every_route_of_the_api_is_part_of_this_matrix() -> None:
    covered = {"api-list", "api-record", "api-count", "api-bulk", "api-restore", "api-history", "api-groups",
               "api-comments", "api-comment", "api-comment-restore"}  # fmt: skip
    alone = {"api-session", "api-description"}  # they show the actor's own session and the declarations

    assert {route.name for route in own_routes() if route.pattern.startswith("api/")} == covered | alone


def _calls(
    world: World, record: RecordType, actor: str, comments: dict[str, int]
) -> Iterator[tuple[str, str, str, str, Any]]:
    base, seller = f"/api/v1/{record.path}", "carla" if actor == "carla" else "mei"
    values = as_json(valid_values(world, record, seller, 16))
    yield "list", "", "GET", base, None
    yield "count", "", "GET", f"{base}/count", None
    for item in record.fields:
        if item.kind in GROUPABLE and item.filterable and item.expression is None:
            yield "groups", "", "GET", f"{base}/groups?by={item.name}", None
    yield "create", "", "POST", base, values
    yield "bulk", "", "POST", f"{base}/bulk", {"items": [{"op": "create", "values": values}]}
    for verb, (method, end) in ONE.items():
        for relation in RELATIONS:
            body = {"nonsense": 1} if verb == "change" else None
            yield verb, relation, method, f"{base}/{target(world, record, relation)}{end}", body
    for verb, (method, end) in SAID.items():
        for relation in RELATIONS:
            comment = comments.get(relation, NOBODYS_ID)
            path = f"{base}/{target(world, record, relation)}/comments{end.format(comment)}"
            yield verb, relation, method, path, {"body": "Changed"} if method in ("PATCH", "POST") else None


def _roots_comments(world: World, record: RecordType) -> dict[str, int]:
    """A comment of the administrator's on Mei's record and one on Carla's, by relation."""
    pairs = {relation: target(world, record, relation) for relation in RELATIONS[:2]}
    return {key: add_comment(record, pk, "Said by root", actor=world.actor("root")).pk for key, pk in pairs.items()}


@pytest.mark.parametrize("record", TYPES)
def test_each_actor_gets_what_its_role_allows_and_refusals_write_nothing(sandbox: World, record: RecordType) -> None:
    """A change sends a field that doesn't exist, so that whoever gets past the door is stopped by the declaration."""
    comments = _roots_comments(sandbox, record)
    tables = Tables()
    before = tables.fingerprint()
    wrong: list[str] = []
    for actor in ACTORS:
        for verb, relation, method, path, body in _calls(sandbox, record, actor, comments):
            if record.scope == "shared" and relation == "foreign":
                continue
            with taken_back():
                answer = send(sandbox, actor, method, path, body)
                status = expected(actor, verb, record, relation)
                status = 422 if (verb, status) == ("change", 200) else status
                written = tables.fingerprint() != before
            if answer.status_code != status:
                wrong.append(
                    f"{actor} {method} {path} ({relation}): {answer.status_code}, not {status}: {answer.content!r}"
                )
            if written and (answer.status_code >= 400 or method == "GET"):
                wrong.append(f"{actor} {method} {path} ({relation}) answered {answer.status_code} and wrote")

    assert wrong == []


@pytest.mark.parametrize("record", [item for item in TYPES if item.values[0].scope != "shared"])  # type: ignore[attr-defined]
def test_a_foreign_record_looks_exactly_like_one_that_does_not_exist(sandbox: World, record: RecordType) -> None:
    comment = _roots_comments(sandbox, record)["foreign"]
    said = {verb: (method, f"/comments{end.format(comment)}") for verb, (method, end) in SAID.items()}
    for verb, (method, end) in (ONE | said).items():
        answers = []
        for relation in ("foreign", "random"):
            path = f"/api/v1/{record.path}/{target(sandbox, record, relation)}{end}"
            body = {"body": "x"} if verb in said else {"name": "x"} if verb == "change" else None
            answer = send(sandbox, "mei", method, path, None if method in ("GET", "DELETE") else body)
            answers.append((answer.status_code, answer.content, sorted(answer.headers.items())))

        assert answers[0] == answers[1]


@pytest.mark.parametrize("record", TYPES)
def test_who_may_delete_may_restore_and_nobody_else(sandbox: World, record: RecordType) -> None:
    if not record.deletable:
        pytest.skip("There is no bin for this type.")
    for relation in ("own", "foreign"):
        path = f"/api/v1/{record.path}/{target(sandbox, record, relation)}"
        for actor in ACTORS:
            with taken_back():
                assert send(sandbox, "root", "DELETE", path).status_code == 204
                status = expected(actor, "delete", record, relation)
                answer = send(sandbox, actor, "POST", f"{path}/restore")
                assert answer.status_code == (200 if status == 204 else status), (actor, path, answer.content)


@pytest.mark.parametrize("record", TYPES)
def test_a_list_holds_exactly_the_records_that_can_be_read_one_by_one(sandbox: World, record: RecordType) -> None:
    everything = [row["id"] for row in send(sandbox, "root", "GET", f"/api/v1/{record.path}?limit=200").json()["items"]]
    for actor in ("rita", "mei", "bo", "carla"):
        listed = {row["id"] for row in send(sandbox, actor, "GET", f"/api/v1/{record.path}?limit=200").json()["items"]}
        readable = {
            pk for pk in everything if send(sandbox, actor, "GET", f"/api/v1/{record.path}/{pk}").status_code == 200
        }
        assert listed == readable, actor
        assert send(sandbox, actor, "GET", f"/api/v1/{record.path}/count").json()["count"] == len(readable)


def test_a_user_who_is_deactivated_is_out_at_the_next_request(sandbox: World) -> None:
    assert send(sandbox, "mei", "GET", "/api/v1/customers").status_code == 200

    type(sandbox.users["mei"]).objects.filter(pk=sandbox.users["mei"].pk).update(is_active=False)

    assert send(sandbox, "mei", "GET", "/api/v1/customers").status_code == 401


def test_a_changed_password_ends_the_other_sessions(sandbox: World) -> None:
    assert send(sandbox, "mei", "GET", "/api/v1/session").status_code == 200

    user = type(sandbox.users["mei"]).objects.get(pk=sandbox.users["mei"].pk)
    user.set_password("another horse battery")
    user.save()

    assert send(sandbox, "mei", "GET", "/api/v1/session").status_code == 401


def test_a_session_that_was_ended_elsewhere_is_over(sandbox: World) -> None:
    client = sandbox.clients["mei"]
    assert send(sandbox, "mei", "GET", "/api/v1/session").status_code == 200

    with taken_back():
        client.session.delete()
        assert send(sandbox, "mei", "GET", "/api/v1/session").status_code == 401
