"""Tryton, from PyPI, answering the same questions over its own JSON-RPC behind the same server, same parties."""

from __future__ import annotations

import base64
import importlib.util
import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from benchmarks import place
from benchmarks.driver import Measure, Question, measure

_PORT, _DATABASE, _PASSWORD = 8973, "tryton_bench", "only-for-measuring"
_CONTEXT: dict[str, Any] = {}
PARTIES = 100_000


def tryton_figures(owner_url: str, options: dict[str, Any]) -> dict[str, Measure]:
    """Measure list, search, record and save of Tryton; an empty result when Tryton isn't installed."""
    if importlib.util.find_spec("trytond") is None:
        print("Tryton is not installed (requirements/bench.lock): its ratios are null.", file=sys.stderr)
        return {}
    config = _configure(owner_url)
    environment = {"TRYTOND_CONFIG": str(config), "TRYTOND_DATABASE_NAMES": _DATABASE}
    with place.web_server("trytond.application:app", _PORT, **environment) as server:
        headers = _sign_in()
        found = {}
        for name, question in _questions(headers).items():
            found[name] = measure(_PORT, question, (server, place.postmaster()), **{**options, "seconds": 5.0}, warm=5)
            print(f"tryton {name}: {found[name]}", file=sys.stderr)
    return found


def _configure(owner_url: str) -> Path:
    """Write Tryton's configuration, and once: create its database, its modules and the parties."""
    home = Path(os.environ["GUANXI_HOME"])
    config, done = home / "trytond.conf", home / "tryton.done"
    parts = urlsplit(owner_url)
    host = dict(pair.split("=", 1) for pair in parts.query.split("&"))["host"].replace("%2F", "/")
    # Tryton reads its database address without a socket folder: libpq takes host and port from the environment.
    os.environ["PGHOST"], os.environ["PGPORT"] = host, "5432"
    config.write_text(
        f"[database]\nuri = postgresql://{parts.username}:{parts.password}@/\n[session]\ntimeout = 86400\n"
    )
    if done.exists():
        return config
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {_DATABASE}")
        connection.execute(f"CREATE DATABASE {_DATABASE} OWNER {parts.username}")
    (home / "tryton.password").write_text(_PASSWORD)
    admin = Path(sys.executable).with_name("trytond-admin")
    subprocess.run(
        [str(admin), "-c", str(config), "-d", _DATABASE, "-u", "party", "--activate-dependencies", "--password",
         "--email", "b@staff.example"],
        env={**os.environ, "TRYTONPASSFILE": str(home / "tryton.password")}, check=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    _copy_parties(owner_url)
    done.touch()
    return config


def _copy_parties(owner_url: str) -> None:
    """Fill Tryton's parties with the names of our first customers, straight into its table."""
    with psycopg.connect(owner_url) as ours, psycopg.connect(dbname=_DATABASE, **_login(owner_url)) as theirs:
        names = ours.execute("SELECT name FROM customers_customer ORDER BY id LIMIT %s", [PARTIES]).fetchall()
        with theirs.cursor().copy("COPY party_party (name, code, active) FROM STDIN") as target:
            for number, (name,) in enumerate(names, start=1):
                target.write_row((name, f"B{number}", True))
        theirs.execute("ANALYZE party_party")


def _login(owner_url: str) -> dict[str, Any]:
    parts = urlsplit(owner_url)
    return {"user": parts.username, "password": parts.password, "host": os.environ["PGHOST"], "port": 5432}


def _sign_in() -> dict[str, str]:
    body = {"id": 0, "method": "common.db.login", "params": ["admin", {"password": _PASSWORD}]}
    request = urllib.request.Request(
        f"http://127.0.0.1:{_PORT}/{_DATABASE}/rpc/", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=120) as answer:
        found = json.loads(answer.read())
    user_id, session = (found["result"] if isinstance(found, dict) else found)[:2]
    token = base64.b64encode(f"admin:{user_id}:{session}".encode()).decode()
    return {"Authorization": f"Session {token}", "Content-Type": "application/json"}


def _questions(headers: dict[str, str]) -> dict[str, Question]:
    def call(method: str, params: Callable[[int], list[Any]]) -> Question:
        def make(n: int) -> tuple[str, bytes]:
            body = {"id": n, "method": f"model.party.party.{method}", "params": [*params(n), _CONTEXT]}
            return f"/{_DATABASE}/rpc/", json.dumps(body).encode()

        return Question("POST", make, headers)

    fields = ["name", "code", "active", "lang", "tax_identifier"]
    words = ("王伟", "李娜", "张敏", "陈静")
    return {
        "list": call("search_read", lambda n: [[], 0, 50, [["name", "ASC"]], fields]),
        "search": call("search_read", lambda n: [[["rec_name", "ilike", f"%{words[n % 4]}%"]], 0, 50, None, fields]),
        "record": call("read", lambda n: [[1 + n * 7919 % PARTIES], [*fields, "addresses", "contact_mechanisms"]]),
        "save": call("write", lambda n: [[1 + n * 7919 % PARTIES], {"code": f"C{n}"}]),
    }
