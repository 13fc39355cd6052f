"""Getting started: six things that a new installation needs, each ticked by what is there; sample data; tours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db.models import BooleanField, Exists, ExpressionWrapper, Model, Q, QuerySet
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
from guanxi.packs.sample.services import KIND, loaded_set
from guanxi.records import access
from guanxi.records.models import Change, ChangeSet, ImportJob, SavedView
from guanxi.records.registry import record_type as type_named
from guanxi.records.screens.answers import actor_of
from guanxi.records.shaping.models import CustomField, CustomType, Layout, Picklist, ValidationRule

_SHAPES: tuple[type[Model], ...] = (CustomField, CustomType, Layout, Picklist, ValidationRule)
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
    left: tuple[Item, ...] = ()
    if actor.is_administrator and CHECKLIST not in seen:
        is_demo, done = _state(actor)
        left = () if is_demo or all(done.values()) else _items(done)
    return Welcome(left, "" if HOME_TOUR in seen else "home")


def checklist(actor: Actor) -> tuple[Item, ...]:
    """Return the six items; what is done is seen from the data, never remembered."""
    return _items(_state(actor)[1])


def _items(done: Mapping[str, bool]) -> tuple[Item, ...]:
    words = (
        ("company", _("Check company and language"), _("Name, time zone, currency, fiscal year."),
         reverse("settings.company")),
        ("team", _("Invite your team"), _("Each gets a link and a role."), reverse("settings.users")),
        ("mail", _("Connect a mail server"), _("So that invitations and notices go out."), reverse("settings.outbox")),
        ("import", _("Import your customers"), _("From CSV, Excel or another system, with a rehearsal first."),
         reverse("import.new")),
        ("shape", _("Make it yours"), _("Own fields, stages and record types."),
         address("settings.types") or reverse("settings.company")),
        ("view", _("Save your first view"), _("Filter a list, then keep it as a tab."), reverse("customer.list")),
    )  # fmt: skip
    return tuple(Item(key, label, text, url, done[key]) for key, label, text, url in words)


def _state(actor: Actor) -> tuple[bool, dict[str, bool]]:
    """Return whether these are demo data, and what is done; one query."""
    others = User.objects.filter(is_active=True, deleted_at=None).exclude(pk=actor.user_id or 0)
    imported = Q(Exists(ImportJob.objects.filter(state=ImportJob.State.DONE))) | Q(Exists(_own_customers(actor)))
    shapes = (Q(Exists(model._default_manager.all())) for model in _SHAPES)
    asked = {
        "company": Exists(Change.objects.filter(record_type="company")), "team": Exists(others),
        "import": ExpressionWrapper(imported, BooleanField()),
        "shape": ExpressionWrapper(reduce(or_, shapes), BooleanField()), "view": Exists(SavedView.objects.all()),
    }  # fmt: skip
    row = Company._default_manager.filter(pk=1).annotate(**{f"has_{key}": found for key, found in asked.items()})
    is_demo, *found = row.values_list("is_demo", *(f"has_{key}" for key in asked)).get()
    return is_demo, {**dict(zip(asked, found, strict=True)), "mail": bool(settings.SMTP_URL)}


def _own_customers(actor: Actor) -> QuerySet[Any]:
    """Return the customers besides the sample ones."""
    samples = ChangeSet.objects.filter(kind=KIND, undone_at=None).values("pk")
    made = Change.objects.filter(change_set_id__in=samples, record_type="customer", verb="created")
    return access.visible_to(actor, type_named("customer")).exclude(pk__in=made.values("record_id"))


@administrators
@require_GET
def show_start(request: HttpRequest) -> HttpResponse:
    """Show the checklist, and the sample data."""
    actor = actor_of(request)
    frame_settings(request, _("Get started"))
    is_demo, done = _state(actor)
    context = {"items": _items(done), "samples": loaded_set(), "is_demo": is_demo}
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
