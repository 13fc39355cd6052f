"""Load the demo company and its scores, unless they are there; print the sign-ins as JSON lines."""

from __future__ import annotations

import argparse

from guanxi.cli.console import progress_bar
from guanxi.cli.demo_company import ensure_loaded
from guanxi.cli.django_setup import use_django
from guanxi.core.postgres import lease

EXAMPLE = "./guanxi demo-load"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""


def run(arguments: argparse.Namespace) -> int:
    """Load what is missing."""
    with lease(), progress_bar("Loading the demo company") as report:
        use_django("app")
        ensure_loaded(report)
    return 0
