"""Housekeeping of files."""

from __future__ import annotations

from procrastinate import Blueprint

from guanxi.work.attachment.services import sweep_files

blueprint = Blueprint()


@blueprint.periodic(cron="37 3 * * *")
@blueprint.task(name="sweep_files", queueing_lock="sweep_files", pass_context=False)
def sweep(timestamp: int) -> None:
    """Take away what failed uploads left, every night."""
    sweep_files()
