"""Set up and start an installation of your own: database, web and worker, until Ctrl-C.

The first start prints a one-time link that makes the first administrator. The server listens on 127.0.0.1 only.
"""

from __future__ import annotations

import argparse
import subprocess
import sys

from guanxi.cli.console import console
from guanxi.cli.failure import CommandFailed
from guanxi.cli.quick_look import holds, is_migrated
from guanxi.cli.supervisor import Supervisor
from guanxi.core.postgres import home, lease

EXAMPLE = "./guanxi up --port 8000"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--port", type=int, default=8000, help="port to listen on; the next free one if it is taken")
    parser.add_argument("--workers", type=int, default=2, help="processes that answer requests")


def run(arguments: argparse.Namespace) -> int:
    """Start everything and stay until a signal comes."""
    supervisor = Supervisor(port=arguments.port, workers=arguments.workers)
    supervisor.prepare()
    with lease(stop_when_last=True) as urls:
        if not is_migrated(urls.owner):
            in_process("migrate", "--quiet")
        try:
            supervisor.start()
            _greet(supervisor, holds(urls.owner, "SELECT EXISTS (SELECT FROM identity_user)"))
            supervisor.run()
        finally:
            supervisor.stop()
    return 0


def in_process(*words: str, capture: bool = False) -> str:
    """Run another command in a process of its own (each needs its own database role) and return what it printed.

    Raises ``CommandFailed`` when it fails; its own message was shown by then.
    """
    done = subprocess.run(
        [sys.executable, "-m", "guanxi.cli", *words],
        check=False, stdout=subprocess.PIPE if capture else None, text=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    if done.returncode:
        raise CommandFailed(f"The step “{words[0]}” failed with {done.returncode}.")
    return done.stdout or ""


def _greet(supervisor: Supervisor, has_users: bool) -> None:
    screen = console()
    screen.print(f"Guanxi is running at {supervisor.address}")
    if not has_users:
        link = in_process("setup-link", capture=True).strip()
        screen.print("Make the first administrator with this link; it works once:")
        screen.print(f"  {supervisor.address.rstrip('/')}{link}")
    screen.print(f"Messages go to {home() / 'logs'}. Ctrl-C stops everything.")
