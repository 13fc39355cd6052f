"""Record types in the settings: the overview, new ones, and those in the bin."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guanxi.core.errors import Invalid, NotFound
from guanxi.core.policy import administrators
from guanxi.identity.forms import Ask, Asked, asked
from guanxi.identity.settings_nav import frame_settings
from guanxi.identity.shaping.field_form import words_of
from guanxi.identity.shaping.icons import icon_options
from guanxi.identity.shaping.making import make_type
from guanxi.identity.shaping.queries import binned_types, own_type, type_rows
from guanxi.records.screens.answers import actor_of
from guanxi.records.shaping import services
from guanxi.records.shaping.models import ConfigurationFile, CustomField, CustomType, State
from guanxi.records.shaping.words import LANGUAGES, in_words
from guanxi.ui.parts import Option
from guanxi.ui.shell import Crumb


@administrators
@require_GET
def show_types(request: HttpRequest) -> HttpResponse:
    """List the record types with what was added to each."""
    frame_settings(request, _("Record types"))
    rows = list(type_rows())
    context = {"rows": rows, "bin": binned_types(), "waiting": any(not row.is_ready for row in rows), "words": in_words}
    return render(request, "identity/shaping/types.html", context)


@administrators
@require_GET
def show_state(request: HttpRequest) -> HttpResponse:
    """Answer once nothing waits to be set up any more; until then the page asks again."""
    waits = CustomField.objects.filter(state=State.PLANNED, problem="").exists()
    waits = waits or CustomType.objects.filter(state=State.PLANNED, problem="").exists()
    if request.GET.get("file", "").isdecimal():
        files = ConfigurationFile.objects.filter(state=ConfigurationFile.Step.WAITING)
        waits = files.filter(pk=int(request.GET["file"][:18])).exists()
    return HttpResponse(status=204) if waits else HttpResponse(status=204, headers={"HX-Refresh": "true"})


@administrators
@require_http_methods(["GET", "POST"])
def new_type(request: HttpRequest) -> HttpResponse:
    """Add a record type, and let roles use it as they use another one."""
    actor = actor_of(request)
    form = asked(request, (*_asks(), _rights()), {"icon": "box", "rights": "customer"})
    if form.posted is not None:
        try:
            labels, plurals = words_of(form, "label"), words_of(form, "plural")
            made = make_type(
                actor=actor, labels=labels, plurals=plurals, icon=form.text("icon"), rights=form.text("rights")
            )
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Created “%(name)s”. Add its fields.") % {"name": in_words(made.plurals)})
            return redirect("settings.type", made.name)
    return _show(request, form, _("New record type"), reverse("settings.types"))


@administrators
@require_http_methods(["GET", "POST"])
def edit_type(request: HttpRequest, type_name: str) -> HttpResponse:
    """Rename a record type that an administrator made, or give it another icon."""
    actor = actor_of(request)
    custom = own_type(type_name)
    stored = {"icon": custom.icon}
    for language in LANGUAGES:
        stored[f"label_{language[:2]}"] = custom.labels.get(language, "")
        stored[f"plural_{language[:2]}"] = custom.plurals.get(language, "")
    form = asked(request, _asks(custom.icon), stored)
    if form.posted is not None:
        try:
            labels, plurals = words_of(form, "label"), words_of(form, "plural")
            services.change_type(custom, actor=actor, labels=labels, plurals=plurals, icon=form.text("icon"))
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved"))
            return redirect("settings.type", custom.name)
    return _show(request, form, capfirst(in_words(custom.plurals)), reverse("settings.type", args=[custom.name]))


@administrators
@require_POST
def remove_type(request: HttpRequest, type_name: str) -> HttpResponse:
    """Put a record type with its records in the bin."""
    actor = actor_of(request)
    custom = own_type(type_name)
    try:
        services.delete_type(custom, actor=actor)
    except Invalid as refusal:
        messages.error(request, " ".join(refusal.errors[""]))
        return redirect("settings.type", custom.name)
    sentence = _("Deleted “%(name)s” with its records. Both can be restored for 30 days.")
    messages.success(request, sentence % {"name": in_words(custom.plurals)})
    return redirect("settings.types")


@administrators
@require_POST
def take_back_type(request: HttpRequest, type_name: str) -> HttpResponse:
    """Take a record type out of the bin."""
    actor = actor_of(request)
    custom = own_type(type_name)
    try:
        services.restore_type(custom, actor=actor)
    except NotFound:
        messages.info(request, _("It is in use already."))
    else:
        messages.success(request, _("Restored “%(name)s”") % {"name": in_words(custom.plurals)})
    return redirect("settings.types")


def _show(request: HttpRequest, form: Asked, title: str, back: str) -> HttpResponse:
    frame_settings(request, title, Crumb(_("Record types"), reverse("settings.types")))
    page = form.page(title="", action=request.path, submit=_("Save"), cancel_url=back)
    purpose = _("Records of your own with a list, forms, a board, import, export and the API, like the built-in ones.")
    context = {"forms": [page], "purpose": purpose}
    return render(request, "identity/forms.html", context, status=422 if form.errors else 200)


def _asks(icon: str = "") -> tuple[Ask, ...]:
    return (
        Ask("label_en", _("One of them, in English"), max_length=60, placeholder="project", autofocus=True),
        Ask("plural_en", _("Several, in English"), max_length=60, placeholder="projects"),
        Ask("label_zh", _("Name in Chinese"), max_length=60, placeholder="项目",
            help=_("One language is enough; pages in the other one show it, too.")),
        Ask("icon", _("Icon"), "icon", icon_options(icon), required=True),
    )  # fmt: skip


def _rights() -> Ask:
    options = [
        Option(row.name, _("As with %(records)s") % {"records": row.label}) for row in type_rows() if not row.own
    ]
    return Ask("rights", _("Who may use it"), "choice", options, placeholder=_("Administrators only"),
               help=_("Every role gets the rights it has on these records; change them under Roles."))  # fmt: skip
