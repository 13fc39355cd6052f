"""What a person sees while a command works."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

Report = Callable[[str, float], None]

_PATIENCE_SECONDS = 2.0


def console() -> Console:
    """Return the console for messages: standard error, so that standard output stays for results."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


@contextmanager
def progress_bar(title: str) -> Iterator[Report]:
    """Give a function ``report(sentence, fraction)`` that shows a bar once the work has lasted two seconds.

    ``fraction`` runs from 0 to 1. Where no terminal watches, each new sentence is one line instead.
    """
    screen = console()
    if not screen.is_terminal:
        yield _lines(title)
        return
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(), TimeRemainingColumn(), console=screen,
    )  # fmt: skip
    task = bar.add_task(title, total=1.0)
    started = time.monotonic()

    def report(sentence: str, fraction: float) -> None:
        bar.update(task, description=sentence or title, completed=min(max(fraction, 0.0), 1.0))
        if not bar.live.is_started and time.monotonic() - started > _PATIENCE_SECONDS:
            bar.start()

    try:
        yield report
    finally:
        if bar.live.is_started:
            bar.stop()


def _lines(title: str) -> Report:
    last = title

    def report(sentence: str, fraction: float) -> None:
        nonlocal last
        if sentence and sentence != last:
            last = sentence
            print(f"  {sentence}", file=sys.stderr, flush=True)

    return report
