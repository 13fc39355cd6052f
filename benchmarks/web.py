"""How fast the product answers: JSON of list, filter, search, record, save and report; pages of record and board."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

from benchmarks import place
from benchmarks.driver import Measure, Question, measure
from benchmarks.tryton import tryton_figures

FIGURES = ("list", "filtered", "search", "record", "page", "cards", "save", "board", "report")
_FIELDS = "name,kind,status,city,owner"
_SEARCHED = ("王伟", "李娜", "张敏", "陈静")
_CITY = "上海市"
_BOARD = "status:in:prospect,inactive,lost,blocked"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--customers", type=int, default=100_000, help="size of the data set; data set L is 1000000")
    parser.add_argument("--scales", default="", help="several sizes side by side, as 10000,100000,1000000")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each figure is measured, in five rounds")
    parser.add_argument("--clients", type=int, default=8, help="clients asking at once")
    parser.add_argument("--no-tryton", action="store_true", help="leave the peer out (its ratios become null)")


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Measure one size, or several side by side (then the figures carry the size in their name)."""
    if arguments.scales:
        figures: dict[str, Any] = {}
        for size in map(int, arguments.scales.split(",")):
            found = _in_own_process(size, arguments)
            figures.update({f"{name} {size:,}": row for name, row in found["figures"].items()})
        return {"figures": figures}
    return measure_size(arguments.customers, arguments)


def _in_own_process(size: int, arguments: argparse.Namespace) -> dict[str, Any]:
    """Measure one size in a process of its own, since Django is set up once for one database."""
    import json
    import subprocess

    words = ["web", "--json", "--customers", str(size), "--seconds", str(arguments.seconds), "--no-tryton"]
    command = [sys.executable, "-m", "benchmarks", *words]
    done = subprocess.run(command, cwd=place.ROOT, check=True, stdout=subprocess.PIPE)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def measure_size(customers: int, arguments: argparse.Namespace) -> dict[str, Any]:
    """Fill an installation of this size, then measure ours, the floor and the peer one after the other."""
    place.choose_home(customers)
    with place.database() as urls:
        key, first, version = _prepare(customers, urls.owner)
        options = {"clients": arguments.clients, "seconds": arguments.seconds}
        ours, floor = {}, {}
        with place.web_server("guanxi.cli.web:application", 8971, GUANXI_DB_ROLE="app") as server:
            for name, question in our_questions(key, first, customers).items():
                ours[name] = measure(8971, question, (server, place.postmaster()), **options)
                print(f"ours {name}: {ours[name]}", file=sys.stderr)
        with place.web_server("benchmarks.floor_app:application", 8972, FLOOR_DATABASE_URL=urls.app) as server:
            for name, question in floor_questions(first, customers).items():
                floor[name] = measure(8972, question, (server, place.postmaster()), **options)
        peer = {} if arguments.no_tryton else tryton_figures(urls.owner, options)
    rows = {name: _row(ours[name], floor.get(name), peer.get(name)) for name in FIGURES}
    return {"postgres": version, "customers": customers, **options, "figures": rows}


def _row(ours: Measure, floor: Measure | None, peer: Measure | None) -> dict[str, float | None]:
    floor_ms = floor.cpu_ms if floor else None
    return {
        "rps": ours.rps, "p50_ms": ours.p50_ms, "p95_ms": ours.p95_ms, "cpu_ms": ours.cpu_ms,
        "floor_cpu_ms": floor_ms, "vs_floor": round(ours.cpu_ms / floor_ms, 2) if floor_ms else None,
        "vs_tryton": round(ours.rps / peer.rps, 1) if peer else None,
    }  # fmt: skip


def _prepare(customers: int, owner_url: str) -> tuple[str, int, str]:
    os.environ["GUANXI_DB_ROLE"] = "owner"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guanxi.config.settings")
    import django

    django.setup()
    from django.db import connection

    from benchmarks.filling import fill
    from guanxi.customers.customer.models import Customer

    key = fill(customers)
    first = Customer._default_manager.order_by("pk").values_list("pk", flat=True)[0]
    version = str(connection.pg_version // 10_000)
    connection.close()
    return key, first, version


def our_questions(session: str, first: int, customers: int) -> dict[str, Question]:
    """Return our requests, signed in; record, page, cards and save walk over the customers."""
    cookie = {"Cookie": f"__Host-session={session}; __Host-csrf={'a' * 32}"}
    api = "/api/v1/customers"

    def get(query: Callable[[int], dict[str, str]]) -> Question:
        return Question("GET", lambda n: (f"{api}?{urlencode(query(n))}", None), cookie)

    base = {"fields": _FIELDS, "sort": "name", "limit": "50"}
    condition = (
        f'{{"all":[{{"field":"status","op":"in","value":["active"]}},{{"field":"city","op":"is","value":"{_CITY}"}},'
    )
    condition += '{"field":"kind","op":"in","value":["person"]}]}'
    run = time.time_ns()  # a field that keeps its value isn't written, so each run has values of its own
    written = {**cookie, "X-CSRFToken": "a" * 32, "Content-Type": "application/json"}
    return {
        "list": get(lambda n: base),
        "filtered": get(lambda n: {**base, "filter": condition}),
        "search": get(lambda n: {**base, "q": _SEARCHED[n % len(_SEARCHED)]}),
        "record": Question("GET", lambda n: (f"{api}/{first + n * 7919 % customers}", None), cookie),
        "page": Question("GET", lambda n: (f"/customers/{first + n * 7919 % customers}", None), cookie),
        "cards": Question("GET", lambda n: (f"/customers/{first + n * 7919 % customers}/around", None), cookie),
        "save": Question("PATCH", lambda n: (f"{api}/{first + n * 7919 % customers}?fields=occupation",
                                             f'{{"occupation": "work {n} of {run}"}}'.encode()), written),
        "board": Question("GET", lambda n: (f"/customers/board?f={_BOARD}", None), cookie),
        "report": Question("GET", lambda n: (f"{api}/groups?by=status&sum=credit_limit", None), cookie),
    }  # fmt: skip


def floor_questions(first: int, customers: int) -> dict[str, Question]:
    """Return the same questions to the floor."""

    def get(name: str, query: Callable[[int], str] = lambda n: "") -> Question:
        return Question("GET", lambda n: (f"/{name}?{query(n)}", None))

    def searched(n: int) -> str:
        text = _SEARCHED[n % len(_SEARCHED)]
        return f"text={quote(text)}&start={quote(text)}%25&within=%25{quote(text)}%25"

    return {
        "list": get("list"), "filtered": get("filtered", lambda n: f"city={quote(_CITY)}"),
        "search": get("search", searched), "record": get("record", lambda n: f"id={first + n * 7919 % customers}"),
        "save": get("save", lambda n: f"id={first + n * 7919 % customers}&value=work{n}"), "board": get("board"),
        "report": get("report"),
    }  # fmt: skip
