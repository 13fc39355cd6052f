"""Bring the installation's database server up, keep it up while somebody uses it, and say where it is."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg.conninfo import conninfo_to_dict

from . import roles
from .binaries import OLDEST
from .cluster import PORT, SUPERUSER, Cluster, locate_cluster
from .errors import DatabaseUnavailable
from .home import ensure_secret, home, make_home, read_secret

_EXTERNAL = "GUANXI_DATABASE_URL"
_EXTERNAL_APP = "GUANXI_APP_DATABASE_URL"


@dataclass(frozen=True)
class Urls:
    """Connection URLs: ``owner`` for migrations, ``app`` for web and worker, ``portal`` for public pages (or "")."""

    owner: str
    app: str
    portal: str


@dataclass(frozen=True)
class Status:
    """What is known of the server: ``kind`` is "embedded" or "external"; ``pid`` and ``data`` only for embedded."""

    kind: str
    is_running: bool
    pid: int | None
    data: Path | None


def urls() -> Urls | None:
    """Return the connection URLs without starting anything; None before the first start of an installation."""
    external = os.environ.get(_EXTERNAL)
    if external:
        app = os.environ.get(_EXTERNAL_APP) or _with_role(external, roles.APP, read_secret("external-app-password"))
        return Urls(external, app, "") if app else None
    passwords = {role: read_secret(f"{role}-password") for role in (roles.OWNER, roles.APP, roles.PORTAL)}
    if not all(passwords.values()):
        return None
    socket = locate_cluster(home()).socket_folder
    return Urls(*(_socket_url(socket, role, str(password), roles.DATABASE) for role, password in passwords.items()))


def ensure_running() -> Urls:
    """Start the embedded server if it does not run (making the cluster, roles and database at first); return its URLs.

    With ``GUANXI_DATABASE_URL`` nothing is started: the server is checked and the application's role is made there.
    Takes about 20 ms when it runs, 1 s to start, 3 s the first time. Raises ``DatabaseUnavailable``.
    """
    if os.environ.get(_EXTERNAL):
        return _prepare_external()
    known = urls()
    if known is not None and _answers(known.owner):
        return known
    with _locked(make_home() / "postgres.start.lock"):
        known = urls()
        if known is None or not _answers(known.owner):
            _start_embedded(locate_cluster(home()))
    made = urls()
    assert made is not None
    return made


@contextmanager
def lease(*, stop_when_last: bool = False) -> Iterator[Urls]:
    """Keep the server up for a block of code; at its end stop it if we started it and nobody else uses it.

    ``stop_when_last`` stops it also when it ran before (the supervisor does: Ctrl-C stops everything). Leases are
    file locks, so those of killed processes do not count.
    """
    if os.environ.get(_EXTERNAL):
        yield ensure_running()
        return
    descriptor = os.open(make_home() / "postgres.use.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        was_running = status().is_running
        try:
            yield ensure_running()
        finally:
            if (stop_when_last or not was_running) and _is_last(descriptor):
                stop()
    finally:
        os.close(descriptor)


def stop() -> None:
    """Stop the embedded server; does nothing to an external one."""
    if not os.environ.get(_EXTERNAL):
        locate_cluster(home()).stop()


def is_alive() -> bool:
    """Tell whether the embedded server's process lives; takes microseconds."""
    return home().exists() and locate_cluster(home()).postmaster() is not None


def status() -> Status:
    """Return whether the server runs and answers, without starting anything."""
    if os.environ.get(_EXTERNAL):
        return Status("external", _answers(os.environ[_EXTERNAL]), None, None)
    if not home().exists():
        return Status("embedded", False, None, None)
    cluster = locate_cluster(home())
    known = urls()
    answers = known is not None and _answers(known.owner)
    return Status("embedded", answers, cluster.postmaster(), cluster.data)


def _start_embedded(cluster: Cluster) -> None:
    superuser_password = ensure_secret("postgres-password")
    if not cluster.exists():
        cluster.create(superuser_password)
    if cluster.postmaster() is None or not _listens(cluster):
        cluster.start()
    passwords = {role: ensure_secret(f"{role}-password") for role in (roles.OWNER, roles.APP, roles.PORTAL)}
    url = _socket_url(cluster.socket_folder, SUPERUSER, superuser_password, "postgres")
    with psycopg.connect(url, autocommit=True) as connection:
        roles.create_roles(connection, passwords)


def _prepare_external() -> Urls:
    owner = os.environ[_EXTERNAL]
    try:
        with psycopg.connect(owner, connect_timeout=10, autocommit=True) as connection:
            if connection.info.server_version < OLDEST * 10_000:
                shown = connection.info.parameter_status("server_version")
                raise DatabaseUnavailable(f"{_EXTERNAL} is PostgreSQL {shown}; {OLDEST} or newer is needed.")
            known = urls()
            if known is None or not _answers(known.app):
                if os.environ.get(_EXTERNAL_APP):
                    raise DatabaseUnavailable(f"Nobody answers at {_EXTERNAL_APP}. Check its address and password.")
                roles.create_lesser_role(connection, roles.APP, ensure_secret("external-app-password"))
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable(f"Nobody answers at {_EXTERNAL}: {error}".strip()) from error
    made = urls()
    assert made is not None
    return made


def with_database(url: str, name: str) -> str:
    """Return ``url`` pointing to another database of the same server."""
    return _changed(url, dbname=name)


def _with_role(url: str, role: str, password: str | None) -> str | None:
    return None if password is None else _changed(url, user=role, password=password)


def _changed(url: str, **changes: str) -> str:
    parts = {key: str(value) for key, value in conninfo_to_dict(url).items() if value is not None} | changes
    user, password, host, port, database = (
        parts.pop(key, "") for key in ("user", "password", "host", "port", "dbname")
    )
    if host.startswith("/"):
        parts["host"], host = host, ""
    place = host + (f":{port}" if port else "")
    query = "&".join(f"{key}={quote(value, safe='')}" for key, value in parts.items())
    return f"postgresql://{quote(user, safe='')}:{quote(password, safe='')}@{place}/{quote(database)}?{query}".rstrip(
        "?"
    )


def _socket_url(folder: Path, role: str, password: str, database: str) -> str:
    return f"postgresql://{role}:{quote(password, safe='')}@/{database}?host={quote(str(folder), safe='')}&port={PORT}"


def _is_last(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _answers(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=5):
            return True
    except psycopg.OperationalError:
        return False


def _listens(cluster: Cluster) -> bool:
    """Wait while a server that somebody else just started, or that recovers, does not answer yet."""
    url = _socket_url(cluster.socket_folder, SUPERUSER, ensure_secret("postgres-password"), "postgres")
    while cluster.postmaster() is not None:
        if _answers(url):
            return True
        time.sleep(0.1)
    return False


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
