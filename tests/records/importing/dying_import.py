"""An import process that is killed at a chosen step of a chosen batch: ``dying_import.py JOB STEP BATCH DATABASE``."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any


def main(job_id: str, step: str, number: str, database: str) -> None:
    """Run a job and die as by ``kill -9`` in batch ``number`` (from 1); without a step, run to the end."""
    from guanxi.config import settings

    settings.DATABASES["default"]["NAME"] = database
    import django

    django.setup()
    from guanxi.records.importing import running

    seen = 0

    def dying(function: Any) -> Any:
        def call(*arguments: Any, **named: Any) -> Any:
            nonlocal seen
            seen += 1
            result = function(*arguments, **named)
            if seen == int(number):
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return call

    steps = {
        "rows written": "load_rows",
        "rejects written": "keep_rejects",
        "counts written": "_move_on",
        "batch committed": "_load_batch",
    }
    if step in steps:
        setattr(running, steps[step], dying(getattr(running, steps[step])))
    running.run_job(int(job_id))


if __name__ == "__main__":
    main(*sys.argv[1:])
