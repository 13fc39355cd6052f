"""Who gets past the door of every page and fragment, and that refusals and readings write nothing; generated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from guanxi.core.policy import Policy, policy_of
from guanxi.records.declaration import RecordType
from tests.routes import Route, one_route_of_each_view, own_routes
from tests.security.matrix import ACTORS, RELATIONS, may, reaches, target
from tests.world import HOST, Tables, World, taken_back

PAGES = [route for route in own_routes() if not route.pattern.startswith("api/")]
TOKEN = re.compile(
    rb'(csrfmiddlewaretoken|X-CSRFToken|csrf-token)\W+(value="|content=")?[A-Za-z0-9]{64}|\(ref [0-9A-F]+\)'
)
EACH_VIEW = one_route_of_each_view(PAGES)
# Every view with one record type at each change; the same views with all other types in the slow tier.
ROUTES = [pytest.param(route, id=str(route), marks=[] if route in EACH_VIEW else [pytest.mark.full]) for route in PAGES]
RECORD_ROUTES = [item for item in ROUTES if "record_id" in item.values[0].values]  # type: ignore[attr-defined]
HTMX = {"HTTP_HX_REQUEST": "true"}
# An empty form may be refused for what is missing before anybody looks whose record it was meant for.
REFUSED = (400, 401, 403, 404, 405, 422)


def _records(route: Route) -> Iterator[Any]:
    """Record routes are tried with every relation, others once."""
    yield from RELATIONS if "record_id" in route.values else ("",)


def _address(world: World, route: Route, relation: str) -> str:
    record = route.record_type
    known: dict[str, Any] = {"type_name": "customer", "token": "x" * 43, "rest": "x", "key": "x"}
    if record is not None:
        known |= {"field_name": record.fields[0].name, "record_id": target(world, record, relation)}
    return route.address(**{name: known.get(name, 1) for name in route.values})


def _send(world: World, actor: str, method: str, path: str, extra: dict[str, str]) -> Any:
    return world.clients[actor].generic(
        method, path, "", content_type="application/x-www-form-urlencoded", **HOST, **extra
    )


def _class(answer: Any) -> str:
    """A sign-in redirect and a 401 both say: not before you sign in."""
    if answer.status_code in (301, 302) and "/account/login" in answer["Location"]:
        return "sign in"
    return "sign in" if answer.status_code == 401 else f"{answer.status_code // 100}xx"


def _may_enter(route: Route, actor: str, record: RecordType | None, relation: str) -> bool:
    policy = policy_of(route.view)
    if policy is Policy.PUBLIC:
        return True
    if actor == "anonymous" or (policy is Policy.ADMINISTRATOR and actor != "root"):
        return False
    if record is None:
        return True
    return reaches(actor, "view", record, relation) if relation else may(actor, "view", record)


@pytest.mark.parametrize("route", ROUTES)
def test_nobody_passes_who_may_not_and_nothing_is_written_by_looking(sandbox: World, route: Route) -> None:
    tables = Tables()
    before = tables.fingerprint()
    wrong: list[str] = []
    for relation in _records(route):
        if route.record_type is not None and route.record_type.scope == "shared" and relation == "foreign":
            continue
        path = _address(sandbox, route, relation)
        for actor in ACTORS:
            allowed = _may_enter(route, actor, route.record_type, relation)
            for method in ("GET", "POST"):
                for extra in ({}, HTMX):
                    with taken_back():
                        answer = _send(sandbox, actor, method, path, extra)
                        written = tables.fingerprint() != before
                    said = f"{actor} {method} {path} {'htmx ' if extra else ''}({relation}): {answer.status_code}"
                    if answer.status_code >= 500:
                        wrong.append(f"{said}: failed")
                    if not allowed and _class(answer) != "sign in" and answer.status_code not in REFUSED:
                        wrong.append(f"{said}: let in")
                    if written and (method == "GET" or not allowed or answer.status_code >= 400):
                        wrong.append(f"{said}: wrote")

    assert wrong == []


@pytest.mark.parametrize(
    "route", [pytest.param(route, id=str(route)) for route in PAGES if "record_id" in route.values]
)
def test_the_page_of_a_foreign_record_is_that_of_none(sandbox: World, route: Route) -> None:
    if route.record_type is None or route.record_type.scope == "shared":
        pytest.skip("Everybody sees these.")
    for method in ("GET", "POST"):
        for extra in ({}, HTMX):
            bodies = []
            for relation in ("foreign", "random"):
                path = _address(sandbox, route, relation)
                with taken_back():
                    answer = _send(sandbox, "mei", method, path, extra)
                text = TOKEN.sub(b"", answer.content).replace(path.encode(), b"")
                bodies.append((answer.status_code, text))
            assert bodies[0] == bodies[1]
            assert bodies[0][0] in REFUSED


@pytest.mark.parametrize("route", ROUTES)
def test_a_fragment_is_guarded_like_its_page(sandbox: World, route: Route) -> None:
    for relation in _records(route):
        path = _address(sandbox, route, relation)
        for actor in ("anonymous", "sam", "mei"):
            with taken_back():
                page = _send(sandbox, actor, "GET", path, {})
            with taken_back():
                fragment = _send(sandbox, actor, "GET", path, HTMX)
            refused = [_class(answer) in ("sign in", "4xx") for answer in (page, fragment)]
            assert refused[0] == refused[1], (actor, path, page.status_code, fragment.status_code)


OTHERS = [route for route in PAGES if route not in EACH_VIEW and policy_of(route.view) is not Policy.PUBLIC]


@pytest.mark.parametrize("route", [pytest.param(route, id=str(route)) for route in OTHERS])
def test_every_route_of_every_record_type_is_closed_to_strangers(sandbox: World, route: Route) -> None:
    """Pages that serve no record type are everybody's own (their sessions, their keys) once they are signed in."""
    tables = Tables()
    before = tables.fingerprint()
    relation = "foreign" if "record_id" in route.values else ""
    path = _address(sandbox, route, relation)
    actors = ["anonymous"]
    if route.record_type is not None:
        actors += ["sam", "mei"] if relation and route.record_type.scope != "shared" else ["sam"]
    for actor in actors:
        for method in ("GET", "POST"):
            with taken_back():
                answer = _send(sandbox, actor, method, path, {})
                assert _class(answer) == "sign in" or answer.status_code in REFUSED, (actor, method, path)
                assert tables.fingerprint() == before, (actor, method, path)
