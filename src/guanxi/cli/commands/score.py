"""Compute value, recency, rhythm and the other figures of all customers, as the nightly run does."""

from __future__ import annotations

import argparse
from datetime import date

from guanxi.cli.console import progress_bar
from guanxi.cli.django_setup import target, use_django
from guanxi.core.postgres import lease

STEPS = 4
EXAMPLE = "./guanxi score --as-of 2026-03-31"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--as-of", type=date.fromisoformat, help="last day that counts (default: the company's setting)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Score every customer and print what was written."""
    steps = 0

    def say(step: str) -> None:
        nonlocal steps
        steps += 1
        report(f"Scoring: {step}", min(steps / STEPS, 1.0))

    with lease(), progress_bar("Scoring") as report:
        use_django("app")
        done = target("guanxi.insights.scoring.services:run_scores")(as_of=arguments.as_of, progress=say)
    print(f"Scores of all customers as of {done.as_of}: run {done.pk}.")
    return 0
