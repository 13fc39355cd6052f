"""Work in the background that has ended: what that says to its reader."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.http import QueryDict
from django.urls import reverse
from django.utils.text import capfirst

from guanxi.core.actor import Actor
from guanxi.records.importing.sight import visible_imports
from guanxi.records.models import BulkJob, Change, ImportJob
from guanxi.records.registry import find_record_type
from guanxi.records.screens.bulk_acts import words_of
from guanxi.records.screens.places import list_url
from guanxi.ui import formats
from guanxi.ui.said import said as _
from guanxi.work.notification.models import Notification

IMPORT, BULK = "import_job", "bulk_job"
KINDS = frozenset({IMPORT, BULK})


@dataclass(frozen=True, slots=True)
class JobWords:
    """What ended, where it shows, and how it ended."""

    title: str
    url: str
    icon: str
    sentence: str


def job_words(rows: Sequence[Notification], actor: Actor) -> dict[int, JobWords]:
    """Return what those of ``rows`` that tell of such work say, by their id; nothing for work the actor may not see.

    Three queries where there are any.
    """
    mine = [row for row in rows if row.record_type in KINDS]
    if not mine:
        return {}
    ends = {int(row.source.partition(":")[2]): row for row in mine}
    since = min(row.at for row in mine) - timedelta(days=1)
    changes = Change.objects.filter(pk__in=ends, at__gte=since, record_type__in=KINDS)
    ids = {kind: [row.record_id or 0 for row in mine if row.record_type == kind] for kind in KINDS}
    imports = {job.pk: job for job in visible_imports(actor).filter(pk__in=ids[IMPORT])}
    bulks = BulkJob.objects.filter(pk__in=ids[BULK], actor_id=actor.user_id or 0).in_bulk()
    return {ends[change.pk].pk: words for change in changes for words in _words(change, imports, bulks)}


def _words(change: Change, imports: dict[int, ImportJob], bulks: dict[int, BulkJob]) -> Iterator[JobWords]:
    if change.record_type == IMPORT and change.record_id in imports:
        loaded = imports[change.record_id]
        yield JobWords(loaded.file_name, reverse("import.run", args=[loaded.pk]), "upload", _import_sentence(change))
    if change.record_type == BULK and change.record_id in bulks:
        job = bulks[change.record_id]
        record_type = find_record_type(job.record_type)
        if record_type is not None:
            way_back = reverse("changes.preview", args=[job.change_set_id]) if job.change_set_id else ""
            words = {"what": words_of(record_type, job.verb, QueryDict(job.posted), job.changed)}
            done = _("finished what you began: %(what)s") % words
            yield JobWords(
                capfirst(str(record_type.plural)), way_back or list_url(record_type), record_type.icon,
                _stopped(change) if change.verb == "failed" else done,
            )  # fmt: skip


def _import_sentence(change: Change) -> str:
    if change.verb == "failed":
        return _stopped(change)
    figures = {name: formats.number(int(pair[1] or 0)) for name, pair in change.fields.items()}
    if change.verb == "undone":
        return _("took the import back: %(deleted)s removed, %(conflicts)s kept") % figures
    return _("loaded the file: %(created)s new, %(updated)s changed, %(errors)s refused") % figures


def _stopped(change: Change) -> str:
    return _("had to stop: %(reason)s") % {"reason": (change.fields.get("error") or [None, ""])[1]}
