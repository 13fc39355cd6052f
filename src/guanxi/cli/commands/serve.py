"""Answer web requests on 127.0.0.1 until stopped; started and watched over by `up` and `demo`."""

from __future__ import annotations

import argparse

from guanxi.cli.failure import CommandFailed
from guanxi.cli.process import die_with_parent, hold_lock
from guanxi.core.postgres import home

THREADS = 4  # per process; fewer than the connections of its pool, so that no request waits for one
CONNECTIONS = 1_000  # per process, idle ones included; a browser keeps up to six
EXAMPLE = "./guanxi serve --port 8000"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=2, help="processes that answer requests")


def run(arguments: argparse.Namespace) -> int:
    """Serve until a signal comes."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    die_with_parent()
    if hold_lock(home() / "web.lock", 20.0) is None:
        raise CommandFailed("Another web server of this installation is running.")
    Granian(
        "guanxi.cli.web:application",
        address=arguments.host,
        port=arguments.port,
        interface=Interfaces.WSGI,
        workers=arguments.workers,
        blocking_threads=THREADS,
        backpressure=CONNECTIONS,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=15,
        log_level=LogLevels.warning,
    ).serve()
    return 0
