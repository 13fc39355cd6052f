"""Import jobs: made from a file and a mapping, checked, run, paused, resumed and cancelled."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from guanxi.core.actor import Actor
from guanxi.core.errors import DomainError, NotFound
from guanxi.records.importing.mapping import ColumnMapping, columns_of, filled_parts, mapping_from
from guanxi.records.importing.plan import ImportPlan, find_plan
from guanxi.records.importing.reading import Choices, Description, open_source
from guanxi.records.importing.reading.source import Source
from guanxi.records.importing.sight import visible_imports
from guanxi.records.importing.surroundings import company_habits
from guanxi.records.importing.targets import require_import, require_parts
from guanxi.records.importing.tasks import queue_job
from guanxi.records.importing.uploaded import is_upload
from guanxi.records.models import ChangeSet, ImportJob, SourceSystem

State = ImportJob.State
EDITABLE = (State.DRAFT, State.CHECKED)


class NotNow(DomainError):
    """The job is in a state in which this can't be done."""

    code = "not_now"
    status = 409
    sentence = _("This import is %(state)s, so that isn't possible now.")


def plan_of(job: ImportJob) -> ImportPlan:
    """Return the plan of a job; raises ``NotFound`` when its feature is gone."""
    plan = find_plan(job.record_type)
    if plan is None:
        raise NotFound
    return plan


def source_of(job: ImportJob) -> Source:
    """Open the file of a job as described; raises ``ImportRefused`` when it can't be read."""
    return open_source(Path(job.file_path), choices=Choices(**job.options.get("choices", {})))


def describe(description: Description) -> dict[str, Any]:
    """Return what the wizard shows of a file, as JSON."""
    return {
        "format": description.format, "columns": list(description.columns), "total_bytes": description.total_bytes,
        "encoding": description.encoding, "confidence": description.confidence, "delimiter": description.delimiter,
        "quote": description.quote, "header_row": description.header_row, "sheet": description.sheet,
        "sheets": list(description.sheets), "rows": description.rows,
    }  # fmt: skip


def source_system(key: str, name: str = "") -> SourceSystem:
    """Return the source system with this name or key, making it on first use.

    The key of a name in another script than Latin ends with a digest of it: 零售 and 旧名单 are two systems, although
    nothing of either is left in a plain key.
    """
    known = known_source_system(key, name)
    if known is not None:
        return known
    title = (name or key or "File").strip()[:120]
    return SourceSystem._default_manager.get_or_create(key=_source_key(key), defaults={"name": title})[0]


def known_source_system(key: str, name: str = "") -> SourceSystem | None:
    """Return the source system that ``source_system`` would, or None where it would make one. Reads only."""
    title = (name or key or "File").strip()[:120]
    systems = SourceSystem._default_manager
    return systems.filter(name__iexact=title).order_by("pk").first() or systems.filter(key=_source_key(key)).first()


def _source_key(key: str) -> str:
    plain = slugify(key, allow_unicode=False)[:39]
    if not key.isascii() or not plain:
        plain = f"{plain or 'source'}-{sha256(key.strip().casefold().encode()).hexdigest()[:8]}"
    return plain


def create_job(
    actor: Actor, path: Path, file_name: str, plan_name: str, *, source: SourceSystem | None = None,
    mapping: ColumnMapping | None = None, choices: Mapping[str, Any] | None = None, is_rehearsal: bool = False,
) -> ImportJob:  # fmt: skip
    """Make a draft from a file that can be read; that of a rehearsal may do without a source system.

    Raises ``NotFound`` for an unknown plan, ``NotAllowed`` without the right to import, ``ImportRefused`` for the file.
    """
    plan = find_plan(plan_name)
    if plan is None:
        raise NotFound(_("There is nothing called “%(name)s” to import."), name=plan_name)
    require_import(actor, plan)
    described = open_source(path, choices=Choices(**(choices or {}))).describe()
    return ImportJob._default_manager.create(
        record_type=plan.name, file_name=file_name[:255], file_path=str(path), owner_id=actor.user_id,
        source=source if source or is_rehearsal else source_system("file", "File"),
        description=describe(described), rows_total=described.rows,
        mapping=(mapping or ColumnMapping()).to_json(), options={"choices": dict(choices or {})},
    )  # fmt: skip


def describe_anew(actor: Actor, job: ImportJob, plan_name: str, choices: Mapping[str, Any]) -> None:
    """Describe the file of a draft anew with a person's corrections, as another kind of records where that is asked.

    The mapping starts afresh. Raises ``NotNow``, ``NotFound``, ``NotAllowed``, ``ImportRefused``.
    """
    _require_state(job, *EDITABLE)
    plan = find_plan(plan_name)
    if plan is None:
        raise NotFound
    require_import(actor, plan)
    described = open_source(Path(job.file_path), choices=Choices(**choices)).describe()
    job.record_type, job.description, job.rows_total = plan.name, describe(described), described.rows
    job.options = {**job.options, "choices": dict(choices)}
    job.mapping, job.findings, job.state = {}, {}, State.DRAFT
    job.save()


def get_job(actor: Actor, job_id: int, *, lock: bool = False) -> ImportJob:
    """Return one import that the actor may see: the own ones, administrators all. Raises ``NotFound``."""
    jobs = visible_imports(actor)
    jobs = jobs.select_for_update() if lock else jobs.select_related("source", "change_set")
    job = jobs.filter(pk=job_id).first()
    if job is None:
        raise NotFound
    return job


def visible_jobs(actor: Actor) -> list[ImportJob]:
    """Return the newest hundred imports that the actor may see."""
    return list(visible_imports(actor).select_related("source", "change_set").order_by("-id")[:100])


def set_mapping(job: ImportJob, mapping: ColumnMapping, actor: Actor) -> None:
    """Keep a corrected mapping; what an earlier check found is forgotten.

    Raises ``MappingRefused``, ``NotAllowed`` when it fills types that the actor may not import, ``NotNow``.
    """
    _require_state(job, *EDITABLE)
    check_mapping(job, mapping, actor)
    job.mapping, job.findings, job.state = mapping.to_json(), {}, State.DRAFT
    job.save(update_fields=["mapping", "findings", "state"])


def check_mapping(job: ImportJob, mapping: ColumnMapping, actor: Actor) -> None:
    """Refuse a mapping that can't be loaded: unknown or doubled targets, none at all, types not the actor's."""
    plan, habits = plan_of(job), company_habits()
    columns = columns_of(
        plan, mapping, tuple(job.description["columns"]), actor, region=habits.region, time_zone=habits.time_zone
    )
    if not columns:
        raise DomainError(_("Choose a field for at least one column."))
    require_parts(actor, plan, set(filled_parts(plan, {column.target.key for column in columns})))


def _require_state(job: ImportJob, *states: str) -> None:
    if job.state not in states:
        raise NotNow(state=str(job.get_state_display()))


def _queue(job: ImportJob) -> None:
    queue_job(job.pk)


def request_check(actor: Actor, job_id: int, *, defer: bool = True) -> ImportJob:
    """Have a dry run over all rows made in the background."""
    with transaction.atomic():
        job = get_job(actor, job_id, lock=True)
        _require_state(job, *EDITABLE, State.FAILED)
        check_mapping(job, mapping_from(job.mapping), actor)
        job.state, job.findings, job.error, job.wish = State.CHECKING, {}, "", ""
        job.heartbeat_at = datetime.now(UTC)
        job.save()
        if defer:
            _queue(job)
    return job


def request_run(actor: Actor, job_id: int, *, defer: bool = True) -> ImportJob:
    """Have the file loaded in the background, or go on after a pause or a failure."""
    with transaction.atomic():
        job = get_job(actor, job_id, lock=True)
        _require_state(job, *EDITABLE, State.PAUSED, State.FAILED)
        check_mapping(job, mapping_from(job.mapping), actor)
        if job.change_set_id is None:
            job.change_set = ChangeSet._default_manager.create(
                kind="import", title=job.file_name[:200], actor_id=actor.user_id, source_id=job.source_id
            )
        job.state, job.wish, job.error = State.QUEUED, "", ""
        job.heartbeat_at = datetime.now(UTC)
        job.save()
        if defer:
            _queue(job)
    return job


def request_pause(actor: Actor, job_id: int) -> ImportJob:
    """Ask a running import to stop after its present batch; it can go on later."""
    return _wish(actor, job_id, "pause", State.PAUSED)


def request_cancel(actor: Actor, job_id: int) -> ImportJob:
    """Ask an import to stop for good; what it has loaded stays until it is undone."""
    return _wish(actor, job_id, "cancel", State.CANCELLED)


def discard_job(actor: Actor, job_id: int) -> None:
    """Forget an import that has loaded nothing, with the file that was uploaded for it; a file elsewhere stays.

    Raises ``NotFound``; ``NotNow`` where rows were loaded or somebody is at it.
    """
    with transaction.atomic():
        job = get_job(actor, job_id, lock=True)
        if not is_discardable(job):
            raise NotNow(state=str(job.get_state_display()))
        path = Path(job.file_path)
        job.delete()
    if is_upload(path):
        path.unlink(missing_ok=True)


def is_discardable(job: ImportJob) -> bool:
    """Say whether an import has loaded nothing so far, and nobody is at it."""
    return job.state in (*EDITABLE, State.FAILED, State.CANCELLED) and job.change_set_id is None


def _wish(actor: Actor, job_id: int, wish: str, state: str) -> ImportJob:
    with transaction.atomic():
        job = get_job(actor, job_id, lock=True)
        if job.state in (State.DRAFT, State.CHECKED, State.PAUSED, State.FAILED) and wish == "cancel":
            job.state, job.finished_at = state, datetime.now(UTC)
        elif job.state in (State.CHECKING, State.QUEUED, State.RUNNING):
            job.wish = wish
        else:
            raise NotNow(state=str(job.get_state_display()))
        job.save(update_fields=["state", "wish", "finished_at"])
    return job
