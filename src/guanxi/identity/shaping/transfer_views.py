"""The whole configuration as a file in the settings: downloaded, looked at, taken in."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guanxi.core.errors import Invalid, NotFound
from guanxi.core.policy import administrators
from guanxi.identity.settings_nav import frame_settings
from guanxi.identity.shaping.tasks import take_in_configuration
from guanxi.records.screens.answers import actor_of
from guanxi.records.shaping.models import ConfigurationFile
from guanxi.records.shaping.transfer import LARGEST_BYTES, differences, read_configuration, write_configuration
from guanxi.ui.shell import Crumb

Step = ConfigurationFile.Step


@administrators
@require_http_methods(["GET", "POST"])
def show_configuration(request: HttpRequest) -> HttpResponse:
    """Offer the configuration as a file, and take one to look at."""
    problem = ""
    if request.method == "POST":
        try:
            return redirect("settings.configuration.file", _keep(request).pk)
        except Invalid as refusal:
            problem = " ".join(refusal.errors.get("file", []))
    frame_settings(request, _("Configuration"))
    context = {"problem": problem, "latest": ConfigurationFile.objects.order_by("-pk")[:5]}
    return render(request, "identity/shaping/configuration.html", context, status=422 if problem else 200)


@administrators
@require_GET
def download(request: HttpRequest) -> HttpResponse:
    """Answer the configuration as a file."""
    name = f"guanxi-configuration-{timezone.localdate():%Y-%m-%d}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(write_configuration(), content_type="application/json", headers=headers)


@administrators
@require_GET
def show_file(request: HttpRequest, file_id: int) -> HttpResponse:
    """Show what a configuration would change here, or what became of it."""
    file = _file(file_id)
    found = differences(read_configuration(file.document["text"].encode()))
    frame_settings(request, file.file_name, Crumb(_("Configuration"), reverse("settings.configuration")))
    context = {
        "file": file, "changes": [item for item in found if item.how != "only here"],
        "left": [item for item in found if item.how == "only here"],
    }  # fmt: skip
    return render(request, "identity/shaping/configuration_file.html", context)


@administrators
@require_POST
def apply_file(request: HttpRequest, file_id: int) -> HttpResponse:
    """Have the worker take a configuration in."""
    with transaction.atomic():
        file = ConfigurationFile.objects.select_for_update().filter(pk=file_id).exclude(state=Step.WAITING).first()
        if file is not None:
            file.state, file.outcome = Step.WAITING, ""
            file.save(update_fields=["state", "outcome"])
            take_in_configuration.defer(file_id=file.pk)
    if file is None:
        messages.info(request, _("This file is being taken in already."))
    return redirect("settings.configuration.file", file_id)


def _keep(request: HttpRequest) -> ConfigurationFile:
    sent = request.FILES.get("file")
    if sent is None:
        raise Invalid({"file": [_("Choose a file.")]})
    data = sent.read(LARGEST_BYTES + 1)
    read_configuration(data)
    actor = actor_of(request)
    name = str(sent.name or "")[:255]
    return ConfigurationFile.objects.create(document={"text": data.decode()}, file_name=name, actor_id=actor.user_id)


def _file(file_id: int) -> ConfigurationFile:
    found = ConfigurationFile.objects.filter(pk=file_id).first()
    if found is None:
        raise NotFound
    return found
