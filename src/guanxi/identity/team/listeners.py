"""When the shape of the company changes, cached permissions die."""

from __future__ import annotations

from guanxi.identity.actors import access_changed
from guanxi.records.changes import listen
from guanxi.records.models import Change


@listen("team")
@listen("territory")
@listen("user")
def forget_permissions(change: Change) -> None:
    """Make every process compute permissions anew after a change of a team, territory or user."""
    access_changed()
