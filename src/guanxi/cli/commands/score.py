"""Compute value, recency, rhythm and the other figures of all customers, as the nightly run does."""

from __future__ import annotations

import argparse
from datetime import date

from guanxi.cli.console import progress_bar
from guanxi.cli.django_setup import target, use_records
from guanxi.core.postgres import lease

EXAMPLE = "./guanxi score --as-of 2026-03-31"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--as-of", type=date.fromisoformat,
        help="day of the figures, before which facts count (default: the company's setting, else now)",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Score every customer and print what was written."""
    with lease(), progress_bar("Scoring") as report:
        use_records()
        summary = target("guanxi.insights.run:score_all")(as_of=arguments.as_of, report=report)
    print(summary)
    return 0
