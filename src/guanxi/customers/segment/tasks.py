"""Counting segments in the background: all of them every night after the scores, one when it was changed."""

from __future__ import annotations

import logging

from procrastinate import Blueprint

from guanxi.core.errors import DomainError
from guanxi.customers.segment.models import Segment
from guanxi.customers.segment.services import in_order, refresh_segment

log = logging.getLogger(__name__)
blueprint = Blueprint()


@blueprint.periodic(cron="10 4 * * *")
@blueprint.task(name="refresh_all", queueing_lock="segments", lock="segments", pass_context=False)
def refresh_all(timestamp: int) -> None:
    """Count every segment that has a rule, those that others refer to first."""
    refresh_segments()


@blueprint.task(name="refresh", lock="segments")
def refresh(segment_id: int) -> None:
    """Count one segment."""
    refresh_segment(segment_id)


def refresh_segments() -> int:
    """Count every segment that has a rule; return how many were counted. One that fails is logged and left as it is."""
    counted = 0
    rows = Segment._default_manager.filter(kind=Segment.Kind.DYNAMIC, deleted_at=None).order_by("pk")
    for segment in in_order(rows):
        try:
            counted += refresh_segment(segment.pk) is not None
        except DomainError as refusal:
            log.warning("segment %s was not counted: %s", segment.pk, refusal)
    return counted
