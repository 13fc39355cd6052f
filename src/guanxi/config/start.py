"""Getting started: six things that a new installation needs, each ticked by what is there; sample data; tours."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guanxi.config.shell import address
from guanxi.config.tours import steps_of
from guanxi.core.actor import Actor
from guanxi.core.errors import NotFound
from guanxi.core.policy import administrators, signed_in
from guanxi.identity.company.models import Company
from guanxi.identity.preference.views import seen_by
from guanxi.identity.settings_nav import frame_settings
from guanxi.identity.user.models import User
from guanxi.packs.sample.services import loaded_set
from guanxi.records import listing
from guanxi.records.models import Change, ImportJob, SavedView
from guanxi.records.registry import find_record_type
from guanxi.records.shaping.models import CustomField, CustomType, Layout, ValidationRule

CHECKLIST, HOME_TOUR = "checklist", "tour.home"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do; ``url`` opens the screen on which it is done."""

    key: str
    label: str
    text: str
    url: str
    done: bool


@dataclass(frozen=True, slots=True)
class Welcome:
    """What the first page shows to somebody new; empty parts stay away."""

    items: tuple[Item, ...] = ()
    tour: str = ""

    @property
    def done(self) -> int:
        """Return how many items are done."""
        return sum(item.done for item in self.items)


def welcome(actor: Actor) -> Welcome:
    """Return the checklist for administrators until all is done or put away, and the tour until it was seen."""
    seen = seen_by(actor)
    items: tuple[Item, ...] = ()
    if actor.is_administrator and CHECKLIST not in seen and not _is_demo():
        items = checklist(actor)
    left = items if any(not item.done for item in items) else ()
    return Welcome(left, "" if HOME_TOUR in seen else "home")


def checklist(actor: Actor) -> tuple[Item, ...]:
    """Return the six items; what is done is seen from the data, never remembered."""
    return (
        Item("company", _("Check company and language"), _("Name, time zone, currency, fiscal year."),
             reverse("settings.company"), Change.objects.filter(record_type="company").exists()),
        Item("team", _("Invite your team"), _("Each gets a link and a role."), reverse("settings.users"),
             User.objects.filter(is_active=True, deleted_at=None).count() > 1),
        Item("mail", _("Connect a mail server"), _("So that invitations and notices go out."),
             reverse("settings.outbox"), bool(settings.SMTP_URL)),
        Item("import", _("Import your customers"), _("From CSV, Excel or another system, with a rehearsal first."),
             reverse("import.new"), _has_own_customers(actor)),
        Item("shape", _("Make it yours"), _("Own fields, stages and record types."),
             address("settings.types") or reverse("settings.company"), _is_shaped()),
        Item("view", _("Save your first view"), _("Filter a list, then keep it as a tab."), reverse("customer.list"),
             SavedView.objects.exists()),
    )  # fmt: skip


def _has_own_customers(actor: Actor) -> bool:
    """Say whether customers are there besides the sample ones."""
    if ImportJob.objects.filter(state=ImportJob.State.DONE).exists():
        return True
    kind = find_record_type("customer")
    if kind is None:
        return False
    made = loaded_set()
    samples = Change.objects.filter(change_set_id=made.pk, record_type="customer").count() if made else 0
    return listing.count(kind, listing.Query(("name",)), actor).number > samples


def _is_shaped() -> bool:
    """Say whether anybody has declared a field, a type, a layout or a rule of their own."""
    return any(model._default_manager.exists() for model in (CustomField, CustomType, Layout, ValidationRule))


def _is_demo() -> bool:
    return Company._default_manager.filter(pk=1, is_demo=True).exists()


@administrators
@require_GET
def show_start(request: HttpRequest) -> HttpResponse:
    """Show the checklist, and the sample data."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    frame_settings(request, _("Get started"))
    context = {"items": checklist(actor), "samples": loaded_set(), "is_demo": _is_demo()}
    return render(request, "start/start.html", context)


@signed_in
@require_GET
def show_tour(request: HttpRequest, name: str) -> JsonResponse:
    """Answer the steps of a tour in the reader's language; raises ``NotFound``."""
    steps = steps_of(name)
    if not steps:
        raise NotFound
    return JsonResponse({"name": name, "steps": [{"target": target, "title": title, "text": text}
                                                 for target, title, text in steps]})  # fmt: skip
