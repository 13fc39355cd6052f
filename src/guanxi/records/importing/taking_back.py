"""Lets the page that undoes anything undo imports, too: in the background, with detail rows and external keys."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from guanxi.core.actor import Actor
from guanxi.core.errors import NotFound, type_text
from guanxi.records.models import ChangeSet, ImportJob
from guanxi.records.time_machine.providers import (
    Preview,
    Undone,
    UndoProvider,
    add_undo_provider,
)


def _job_of(change_set: ChangeSet) -> ImportJob:
    found = ImportJob._default_manager.filter(change_set_id=change_set.pk).first()
    if found is None:
        raise NotFound
    return found


def _preview(actor: Actor, change_set: ChangeSet) -> Preview:
    from guanxi.records.importing.undo import preview_undo

    return preview_undo(actor, _job_of(change_set).pk)


def _undo(actor: Actor, change_set: ChangeSet) -> Undone:
    from guanxi.records.importing.undo import request_undo

    job = request_undo(actor, _job_of(change_set).pk)
    return Undone(None, url=reverse("import.run", args=[job.pk]))


def _since(change_set: ChangeSet) -> datetime:
    job = _job_of(change_set)
    return job.finished_at or job.started_at or job.created_at


def _never(change_set: ChangeSet) -> type_text:
    job = ImportJob._default_manager.filter(change_set_id=change_set.pk).first()
    if job is None:
        return _("The import behind this is gone.")
    if job.state in (ImportJob.State.RUNNING, ImportJob.State.QUEUED, ImportJob.State.UNDOING):
        return _("The import is still at work. Wait until it is done.")
    return ""


def _no_way_back(change_set: ChangeSet) -> type_text:
    return _("An undone import can't be redone. Load the file again.")


add_undo_provider(
    UndoProvider("import", _("import"), "upload", _preview, _undo, is_later=True, never=_never, since=_since)
)
add_undo_provider(
    UndoProvider("undo", _("undone import"), "undo-2", _preview, _undo, never=_no_way_back, is_offered=False)
)
