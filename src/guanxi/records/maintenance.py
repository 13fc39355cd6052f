"""Housekeeping of the engine: next months' partitions, and jobs whose worker died."""

from __future__ import annotations

import os
import subprocess
import sys

from procrastinate import Blueprint, JobContext

blueprint = Blueprint()


@blueprint.periodic(cron="7 3 * * *")
@blueprint.task(name="make_partitions", queueing_lock="make_partitions", pass_context=False)
def prepare_partitions(timestamp: int) -> None:
    """Make the partitions of the coming months; runs in its own process with the owner's database role."""
    environment = {**os.environ, "GUANXI_DB_ROLE": "owner", "DJANGO_SETTINGS_MODULE": "guanxi.config.settings"}
    code = "import django; django.setup(); from guanxi.records.partitions import make_partitions; make_partitions()"
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, timeout=600)


@blueprint.periodic(cron="*/2 * * * *")
@blueprint.task(name="retry_stalled", queueing_lock="retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Give jobs whose worker died (no heartbeat) back to the queue: without this they stay “doing” for ever."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        await manager.retry_job(job)
