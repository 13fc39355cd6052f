"""Print the one-time link that makes the first administrator; nothing when there is one already."""

from __future__ import annotations

import argparse

from guanxi.cli.django_setup import target, use_django
from guanxi.core.postgres import lease

EXAMPLE = "./guanxi setup-link"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""


def run(arguments: argparse.Namespace) -> int:
    """Ask identity for a link and print its path."""
    with lease():
        use_django("app")
        link = target("guanxi.identity.setup:issue_setup_link")()
        if link:
            print(link)
    return 0
