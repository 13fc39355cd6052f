"""Source systems in the settings."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from guanxi.core.errors import Invalid
from guanxi.core.policy import administrators
from guanxi.identity.forms import Ask, asked
from guanxi.identity.settings_nav import frame_settings
from guanxi.records.models import SourceSystem
from guanxi.records.screens.answers import actor_of
from guanxi.records.source_systems import COLORS, add_source, change_source, source_named, source_systems
from guanxi.ui.parts import Option
from guanxi.ui.shell import Crumb


@administrators
@require_GET
def show_sources(request: HttpRequest) -> HttpResponse:
    """List the source systems with what each has told."""
    frame_settings(request, _("Source systems"))
    return render(request, "identity/sources.html", {"sources": source_systems()})


@administrators
@require_http_methods(["GET", "POST"])
def new_source(request: HttpRequest) -> HttpResponse:
    """Name a new source system."""
    return _edit(request, None)


@administrators
@require_http_methods(["GET", "POST"])
def edit_source(request: HttpRequest, source_id: int) -> HttpResponse:
    """Rename or recolour a source system."""
    return _edit(request, source_named(source_id))


def _edit(request: HttpRequest, source: SourceSystem | None) -> HttpResponse:
    actor = actor_of(request)
    form = asked(request, _asks(), {"name": source.name, "color": source.color} if source else {"color": "gray"})
    if form.posted is not None:
        name, color = form.text("name"), form.text("color")
        try:
            if source:
                change_source(source, actor=actor, name=name, color=color)
            else:
                add_source(actor=actor, name=name, color=color)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved"))
            return redirect("settings.sources")
    title = source.name if source else _("New source system")
    frame_settings(request, title, Crumb(_("Source systems"), reverse("settings.sources")))
    page = form.page(title="", action=request.path, submit=_("Save"), cancel_url=reverse("settings.sources"))
    purpose = _("Its name and colour stand beside every value that came from it.")
    context = {"forms": [page], "purpose": purpose}
    return render(request, "identity/forms.html", context, status=422 if form.errors else 200)


def _asks() -> tuple[Ask, ...]:
    names = {
        "gray": _("grey"), "blue": _("blue"), "indigo": _("indigo"), "violet": _("violet"), "pink": _("pink"),
        "red": _("red"), "orange": _("orange"), "yellow": _("yellow"), "green": _("green"), "teal": _("teal"),
    }  # fmt: skip
    colors = [Option(color, capfirst(names[color])) for color in COLORS]
    return (
        Ask("name", _("Name"), required=True, max_length=120, autofocus=True),
        Ask("color", _("Colour"), "choice", colors, required=True),
    )
