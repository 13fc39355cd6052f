"""Set up and start the demo company, a bilingual grocery chain, until Ctrl-C; its data are loaded once.

Prints the address and one sign-in for each role. --check asks every page of the tour once, prints a line for each and
stops: exit code 0 when all were there, otherwise 1.
"""

from __future__ import annotations

import argparse

from rich.table import Table

from guanxi.cli.commands.up import in_process
from guanxi.cli.console import console
from guanxi.cli.demo_company import sign_ins
from guanxi.cli.failure import CommandFailed
from guanxi.cli.quick_look import holds, is_migrated
from guanxi.cli.supervisor import Supervisor
from guanxi.cli.tour import visit
from guanxi.cli.visitor import Visitor
from guanxi.core.postgres import home, lease

EXAMPLE = "./guanxi demo"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--check", action="store_true", help="ask every page of the tour once, then stop")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on; the next free one if it is taken")
    parser.add_argument("--workers", type=int, default=2, help="processes that answer requests")


def run(arguments: argparse.Namespace) -> int:
    """Start everything; stay until a signal comes, or check the tour."""
    supervisor = Supervisor(port=arguments.port, workers=arguments.workers)
    supervisor.prepare()
    with lease(stop_when_last=True) as urls:
        if not is_migrated(urls.owner):
            in_process("migrate", "--quiet")
        if not (sign_ins() and holds(urls.owner, "SELECT bool_or(is_demo) FROM identity_company")):
            in_process("demo-load")
        try:
            supervisor.start()
            if arguments.check:
                return 0 if _check_tour(supervisor.address) else 1
            _greet(supervisor.address)
            supervisor.run()
        finally:
            supervisor.stop()
    return 0


def _check_tour(address: str) -> bool:
    """Visit every stop as the administrator; print a line for each; tell whether all were there."""
    first = next((each for each in sign_ins() if each.role == "administrator"), None)
    if first is None:
        raise CommandFailed("The demo company has no administrator.")
    visitor = Visitor(address)
    visitor.sign_in(first.email, first.password)
    bad = 0
    for each in visit(visitor):
        print(f"{'ok  ' if each.is_good else 'FAIL'} {each.status:>3} {each.milliseconds:6.0f} ms  "
              f"{each.stop.title:<18}{each.path}", flush=True)  # fmt: skip
        bad += not each.is_good
    print(f"{'All pages answered.' if not bad else f'{bad} pages failed.'}")
    return not bad


def _greet(address: str) -> None:
    screen = console()
    screen.print(f"\nThe demo company is running at [bold]{address}[/]")
    table = Table("role", "e-mail", "password", box=None, pad_edge=False)
    for each in sign_ins():
        table.add_row(each.role.replace("_", " "), each.email, each.password)
    screen.print(table)
    screen.print(f"Messages go to {home() / 'logs'}. Ctrl-C stops everything.")
