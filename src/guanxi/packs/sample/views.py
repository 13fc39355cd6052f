"""Loading the sample data, and removing them after a look at what would go."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from guanxi.core.policy import administrators
from guanxi.identity.settings_nav import frame_settings
from guanxi.packs.sample.services import load_samples, loaded_set, plan_removal, remove_samples
from guanxi.records.registry import record_type
from guanxi.records.screens.answers import actor_of
from guanxi.ui.shell import Crumb


@administrators
@require_POST
def load(request: HttpRequest) -> HttpResponse:
    """Load the sample data."""
    made = load_samples(actor=actor_of(request))
    number = made.counts["rows"]
    messages.success(request, ngettext("Loaded %(num)d sample record", "Loaded %(num)d sample records", number)
              % {"num": number})  # fmt: skip
    return redirect("start")


@administrators
@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest) -> HttpResponse:
    """Show what would go and what stays; remove it."""
    actor = actor_of(request)
    if request.method == "POST":
        number = remove_samples(actor=actor).count
        messages.success(request, ngettext("Removed %(num)d sample record", "Removed %(num)d sample records", number)
                  % {"num": number})  # fmt: skip
        return redirect("start")
    made = loaded_set()
    if made is None:
        return redirect("start")
    plan = plan_removal(made)
    groups = [(str(record_type(name).plural), len(ids)) for name, ids in plan.removed.items()]
    frame_settings(request, _("Remove sample data"), Crumb(_("Get started"), reverse("start")))
    return render(request, "sample/remove.html", {"plan": plan, "groups": groups})
