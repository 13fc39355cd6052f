"""The application on a database of its own, served from this process, with the worker's jobs done beside it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections, connection, connections, transaction

from guanxi.identity import actors
from guanxi.records.importing.tasks import work_on_import
from guanxi.records.shaping import building


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        return


def _closed() -> None:
    """Leave the database: a copy is only made of one that nobody uses, and no answer may come from another one."""
    connections.close_all()
    if connection.settings_dict["OPTIONS"].get("pool"):
        connection.close_pool()  # type: ignore[attr-defined]
    actors._CACHE.clear()


def copy_database(suffix: str) -> str:
    """Copy the test database as it is now and return the name of the copy."""
    _closed()
    connection.creation.clone_test_db(suffix=suffix, verbosity=0, autoclobber=True)
    return str(connection.creation.get_test_db_clone_settings(suffix)["NAME"])


def drop_database(suffix: str) -> None:
    """Remove a copy."""
    _closed()
    name = connection.creation.get_test_db_clone_settings(suffix)["NAME"]
    with connection.cursor() as cursor:  # a thread of the server may still be there
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
    connection.creation.destroy_test_db(suffix=suffix, verbosity=0)


@contextmanager
def database(name: str) -> Iterator[None]:
    """Let this process and all its threads use another database for a block of code."""
    before = connection.settings_dict["NAME"]
    _closed()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        _closed()
        settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = before


@contextmanager
def served() -> Iterator[str]:
    """Serve the application and yield its address: a host whose secure cookies Chromium keeps without TLS."""
    server = make_server("127.0.0.1", 0, WSGIHandler(), _Server, _Silent)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def work_beside(job_id: int) -> None:
    """Do what the worker would do with an import, in a thread, once the asking transaction is committed."""

    def work() -> None:
        close_old_connections()
        try:
            work_on_import.func(job_id=job_id)
        finally:
            connections.close_all()

    transaction.on_commit(lambda: threading.Thread(target=work, daemon=True).start())


def build_beside() -> None:
    """Make what an administrator shaped, as the worker would, beside the request that asked for it."""

    def make() -> None:
        close_old_connections()
        try:
            building.build()
        finally:
            connections.close_all()

    transaction.on_commit(lambda: threading.Thread(target=make, daemon=True).start())
