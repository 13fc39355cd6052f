"""Who sees an import: the one who made it, and administrators."""

from __future__ import annotations

from django.db.models import QuerySet

from guanxi.core.actor import Actor
from guanxi.records.models import ImportJob


def visible_imports(actor: Actor) -> QuerySet[ImportJob]:
    """Return the imports that the actor may see."""
    jobs = ImportJob._default_manager.all()
    return jobs if actor.is_system or actor.is_administrator else jobs.filter(owner_id=actor.user_id)
