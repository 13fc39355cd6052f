"""Do the jobs in the queue until stopped; started and watched over by `up` and `demo`."""

from __future__ import annotations

import argparse

from guanxi.cli.django_setup import use_django
from guanxi.cli.process import die_with_parent

EXAMPLE = "./guanxi worker"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--concurrency", type=int, default=2, help="jobs done at the same time")


def run(arguments: argparse.Namespace) -> int:
    """Work until a signal comes; jobs in hand get 15 s to reach their next commit."""
    from django.core.management import call_command

    die_with_parent()
    use_django("app")
    call_command(
        "procrastinate",
        "worker",
        f"--concurrency={arguments.concurrency}",
        "--shutdown-graceful-timeout=15",
    )
    return 0
