"""The import wizard: upload, map, check, run, result; and the list of earlier imports."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guanxi.core.actor import Actor
from guanxi.core.errors import DomainError, NotAllowed
from guanxi.core.policy import signed_in
from guanxi.records.importing import job as jobs
from guanxi.records.importing import uploads, wizard
from guanxi.records.importing.job import State
from guanxi.records.importing.mapping import EXISTING, ColumnMapping, mapping_from
from guanxi.records.importing.proposing import propose_mapping
from guanxi.records.importing.rejects import rejects_file
from guanxi.records.models import ImportJob, SourceSystem
from guanxi.records.screens.answers import actor_of, go_to
from guanxi.ui.frame import frame_page
from guanxi.ui.shell import Crumb

_CHECK_PAGES = (State.CHECKING, State.CHECKED)


def _frame(request: HttpRequest, title: str) -> None:
    frame_page(request, title, (Crumb(_("Imports"), reverse("import.list")),), place=reverse("import.list"))


def _address(job: ImportJob) -> str:
    """Return the page on which an import goes on."""
    if job.state == State.DRAFT:
        return reverse("import.map", args=[job.pk])
    return reverse("import.check" if job.state in _CHECK_PAGES else "import.run", args=[job.pk])


@signed_in
@require_GET
def show_imports(request: HttpRequest) -> HttpResponse:
    """List the imports of the reader, newest first."""
    actor = actor_of(request)
    frame_page(request, _("Imports"), place=reverse("import.list"))
    rows = [(item, _address(item), wizard.rows_line(item)) for item in jobs.visible_jobs(actor)]
    return render(request, "import/list.html", {"rows": rows, "may_import": bool(uploads.offered_plans(actor))})


@signed_in
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Take a file in; it must be readable to become an import."""
    actor = actor_of(request)
    plans = uploads.offered_plans(actor)
    if not plans:
        raise NotAllowed
    if request.method == "POST":
        try:
            return go_to(request, reverse("import.map", args=[_take_in(request, actor).pk]))
        except DomainError as refusal:
            if isinstance(refusal, NotAllowed):
                raise
            chosen = request.POST.get("plan", "")
            context = _upload_context(plans, chosen, str(refusal))
            return render(request, "import/upload_form.html", context, status=422)
    _frame(request, _("New import"))
    context = {**_upload_context(plans, request.GET.get("type", "")), "steps": wizard.steps(None, "upload")}
    return render(request, "import/upload.html", context)


def _upload_context(plans: list[Any], chosen: str, error: str = "") -> dict[str, Any]:
    sources = list(SourceSystem._default_manager.order_by("name"))
    return {"plans": plans, "chosen": chosen, "sources": sources, "error": error}


def _take_in(request: HttpRequest, actor: Actor) -> ImportJob:
    file = request.FILES.get("file")
    if file is None:
        raise DomainError(_("Choose a file first."))
    path = uploads.keep_upload(file.chunks(), file.name or "")
    try:
        name = request.POST.get("plan", "")
        if not name:
            guessed = uploads.guess_plan(path, actor)
            name = guessed.name if guessed is not None else ""
        job = jobs.create_job(actor, path, file.name or _("File"), name, source=_source(request))
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    job.mapping = propose_mapping(job, actor).to_json()
    job.save(update_fields=["mapping"])
    return job


def _source(request: HttpRequest) -> SourceSystem | None:
    new = request.POST.get("source_name", "").strip()
    if new:
        return jobs.source_system(new, new)
    key = request.POST.get("source", "")
    return SourceSystem._default_manager.filter(key=key).first() if key else None


@signed_in
@require_POST
def describe(request: HttpRequest, job_id: int) -> HttpResponse:
    """Correct what a file is: another kind of records, encoding, delimiter or header row; columns are proposed anew."""
    actor = actor_of(request)
    job = jobs.get_job(actor, job_id)
    names = ("encoding", "delimiter", "sheet")
    choices: dict[str, Any] = {name: request.POST[name] for name in names if request.POST.get(name)}
    header = request.POST.get("header_row", "")
    if header.isdecimal():
        choices["header_row"] = int(header)
    try:
        jobs.describe_anew(actor, job, request.POST.get("plan", job.record_type), choices)
    except DomainError as refusal:
        if isinstance(refusal, NotAllowed):
            raise
        return go_to(request, reverse("import.map", args=[job.pk]), str(refusal))
    job.mapping = propose_mapping(job, actor).to_json()
    job.save(update_fields=["mapping"])
    return go_to(request, reverse("import.map", args=[job.pk]))


@signed_in
@require_http_methods(["GET", "POST"])
def map_columns(request: HttpRequest, job_id: int) -> HttpResponse:
    """Show the columns with their proposed fields; POST keeps what was corrected and checks all rows."""
    actor = actor_of(request)
    job = jobs.get_job(actor, job_id)
    if job.state not in (*jobs.EDITABLE, State.FAILED):
        return go_to(request, _address(job))
    error = ""
    if request.method == "POST":
        try:
            jobs.set_mapping(job, _mapping(request, job), actor)
            jobs.request_check(actor, job.pk)
        except DomainError as refusal:
            error = str(refusal)
            job.mapping = _mapping(request, job).to_json()
        else:
            return go_to(request, reverse("import.check", args=[job.pk]))
    _frame(request, _("Map columns"))
    currency = wizard.currency_target(job, actor)
    context = {
        "job": job, "steps": wizard.steps(job, "map"), "file_line": wizard.file_line(job), "error": error,
        "rows": wizard.map_rows(job, actor), "groups": wizard.grouped_targets(job, actor),
        "plans": uploads.offered_plans(actor), "mapping": mapping_from(job.mapping), "currency_target": currency,
        "currency": mapping_from(job.mapping).constants.get(currency, ""),
        "company_currency": wizard.habit_currency(),
    }  # fmt: skip
    return render(request, "import/map.html", context, status=422 if error else 200)


def _mapping(request: HttpRequest, job: ImportJob) -> ColumnMapping:
    known = mapping_from(job.mapping)
    columns = {
        header: request.POST[f"column-{number}"]
        for number, header in enumerate(job.description["columns"])
        if request.POST.get(f"column-{number}")
    }
    constants = dict(known.constants)
    target = request.POST.get("currency_target", "")
    if target:
        constants[target] = request.POST.get("currency", "").strip().upper()
    existing = request.POST.get("existing", known.existing)
    return ColumnMapping(
        columns, {key: value for key, value in constants.items() if value and key not in columns.values()},
        known.formats, tuple(name for name in known.lenient if name in columns),
        existing if existing in EXISTING else "update",
    )  # fmt: skip


@signed_in
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, job_id: int) -> HttpResponse:
    """Show the dry run, or start it (POST)."""
    actor = actor_of(request)
    if request.method == "POST":
        jobs.request_check(actor, job_id)
        return go_to(request, reverse("import.check", args=[job_id]))
    job = jobs.get_job(actor, job_id)
    if job.state not in (*_CHECK_PAGES, State.FAILED):
        return go_to(request, _address(job))
    _frame(request, _("Check"))
    return render(request, "import/check.html", {**_state(job, actor), "steps": wizard.steps(job, "check")})


@signed_in
@require_POST
def fix(request: HttpRequest, job_id: int) -> HttpResponse:
    """Take up one of the offered fixes and check again."""
    actor = actor_of(request)
    job = jobs.get_job(actor, job_id)
    mapping = mapping_from(job.mapping)
    formats = {name: dict(said) for name, said in mapping.formats.items()}
    order, _colon, header = request.POST.get("date_order", "").partition(":")
    if order in ("dmy", "mdy", "ymd") and header:
        formats[header] = {**formats.get(header, {}), "date_order": order}
    lenient = request.POST.get("lenient", "")
    kept = (*mapping.lenient, lenient) if lenient in mapping.columns else mapping.lenient
    fixed = replace(mapping, formats=formats, lenient=tuple(dict.fromkeys(kept)))
    jobs.set_mapping(job, fixed, actor)
    jobs.request_check(actor, job.pk)
    return go_to(request, reverse("import.check", args=[job.pk]))


@signed_in
@require_http_methods(["GET", "POST"])
def run(request: HttpRequest, job_id: int) -> HttpResponse:
    """Show a run and its result; POST starts it, or goes on after a pause or a failure."""
    actor = actor_of(request)
    if request.method == "POST":
        jobs.request_run(actor, job_id)
        return go_to(request, reverse("import.run", args=[job_id]))
    job = jobs.get_job(actor, job_id)
    if job.state in (State.DRAFT, *_CHECK_PAGES):
        return go_to(request, _address(job))
    _frame(request, job.file_name)
    return render(request, "import/run.html", {**_state(job, actor), "steps": wizard.steps(job, "run")})


@signed_in
@require_GET
def show_state(request: HttpRequest, job_id: int) -> HttpResponse:
    """Answer the part of the page that changes while a job is in work."""
    actor = actor_of(request)
    job = jobs.get_job(actor, job_id)
    is_check = request.GET.get("page") == "check"
    if is_check and job.state not in (*_CHECK_PAGES, State.FAILED):
        return go_to(request, _address(job))
    return render(request, "import/check_state.html" if is_check else "import/run_state.html", _state(job, actor))


def _state(job: ImportJob, actor: Actor) -> dict[str, Any]:
    checking = job.state in _CHECK_PAGES
    counts = job.findings.get("counts", {}) if checking else job.counts
    return {
        "job": job, "file_line": wizard.file_line(job), "is_working": wizard.is_working(job),
        "progress": wizard.progress(job), "counts": counts, "outcomes": wizard.outcomes(counts),
        "problems": wizard.problems(job, actor) if checking else [],
        "rejects": wizard.check_rejects(job) if checking else wizard.run_rejects(job),
        "preview": wizard.preview(job, actor) if checking else wizard.Preview(),
        "undo_until": wizard.undo_deadline(job), "list_url": wizard.list_address(job),
        "types": wizard.type_rows(job), "is_discardable": jobs.is_discardable(job), "undone": job.findings.get("undo"),
    }  # fmt: skip


@signed_in
@require_POST
def pause(request: HttpRequest, job_id: int) -> HttpResponse:
    """Pause after the present batch."""
    return go_to(request, _address(jobs.request_pause(actor_of(request), job_id)))


@signed_in
@require_POST
def cancel(request: HttpRequest, job_id: int) -> HttpResponse:
    """Stop for good; what is loaded stays until it is undone."""
    return go_to(request, _address(jobs.request_cancel(actor_of(request), job_id)))


@signed_in
@require_POST
def discard(request: HttpRequest, job_id: int) -> HttpResponse:
    """Forget an import that has loaded nothing, with its file."""
    jobs.discard_job(actor_of(request), job_id)
    return go_to(request, reverse("import.list"), _("The import was discarded. Nothing had been written."))


@signed_in
@require_GET
def download_rejects(request: HttpRequest, job_id: int) -> HttpResponseBase:
    """Give the refused rows back as a file to correct and load again."""
    job = jobs.get_job(actor_of(request), job_id)
    response = StreamingHttpResponse(list(rejects_file(job)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-{job.pk}-rejects.csv"'
    return response
