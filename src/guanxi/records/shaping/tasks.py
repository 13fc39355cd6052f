"""Making what administrators shaped: columns, tables and indexes, by the worker with the owner's rights."""

from __future__ import annotations

from django.db import transaction
from procrastinate import Blueprint, RetryStrategy
from procrastinate.exceptions import AlreadyEnqueued

from guanxi.records.shaping import building

blueprint = Blueprint()


@blueprint.task(
    name="build_shapes", queueing_lock="build_shapes", lock="build_shapes",
    retry=RetryStrategy(max_attempts=20, linear_wait=3), pass_context=False,
)  # fmt: skip
def build_shapes() -> None:
    """Make the tables and columns that wait to be made, then their indexes; a busy table is tried again."""
    building.build()


@blueprint.periodic(cron="37 3 * * *")
@blueprint.task(name="clear_shapes", queueing_lock="clear_shapes", lock="build_shapes", pass_context=False)
def clear_shapes(timestamp: int) -> None:
    """Drop what was deleted more than thirty days ago."""
    building.clear()


def queue_build() -> None:
    """Have the worker make what waits, once the running transaction is committed."""
    try:
        with transaction.atomic():
            build_shapes.defer()
    except AlreadyEnqueued:
        return
