"""Background jobs in the settings."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from procrastinate.contrib.django.models import ProcrastinateJob

from guanxi.core.errors import NotFound
from guanxi.core.policy import administrators
from guanxi.identity.administration.job_queries import health
from guanxi.identity.settings_nav import frame_settings


@administrators
@require_GET
def show_jobs(request: HttpRequest) -> HttpResponse:
    """Show whether a worker is alive, what waits and what failed."""
    frame_settings(request, _("Jobs"))
    return render(request, "identity/jobs.html", {"health": health()})


@administrators
@require_POST
def run_again(request: HttpRequest, job_id: int) -> HttpResponse:
    """Queue a failed job once more; raises ``NotFound`` for a job that didn't fail."""
    from procrastinate.contrib.django import app

    job = ProcrastinateJob.objects.filter(pk=job_id, status="failed").first()
    if job is None:
        raise NotFound
    app.configure_task(job.task_name, queue=job.queue_name, allow_unknown=False).defer(**job.args)
    messages.success(request, _("The job is queued again."))
    return redirect("settings.jobs")
