"""Putting the customers selected in a list into a fixed list, or taking them out."""

from __future__ import annotations

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.core.errors import Invalid
from guanxi.customers.segment.models import Segment
from guanxi.customers.segment.services import Refreshed, add_members, create_segment, remove_members
from guanxi.records import access
from guanxi.records.bulk import selected
from guanxi.records.registry import record_type
from guanxi.records.screens.bulk_views import BulkDialog
from guanxi.records.screens.selection import read_chosen, read_token
from guanxi.ui import formats
from guanxi.ui.parts import Option
from guanxi.ui.record_page import FormField

MOST_LISTS = 200


def may_add(actor: Actor) -> bool:
    """Say whether the actor may put customers into any fixed list."""
    return actor.may("edit", "segment") or actor.may("create", "segment")


def dialog(actor: Actor, params: QueryDict) -> BulkDialog:
    """Return the question: which list, an existing or a new one, and whether to add or to take out."""
    customer = record_type("customer")
    if "selection" in params:
        chosen, count = read_token(customer, actor, str(params["selection"]))
    else:
        chosen = read_chosen(params)
        count = selected(customer, chosen.selection(customer, actor), actor, "view").count()
    rows = access.visible_to(actor, record_type("segment"), "edit").filter(kind=Segment.Kind.STATIC).order_by("name")
    lists = tuple(Option(str(pk), str(name)) for pk, name in rows.values_list("pk", "name")[:MOST_LISTS])
    fields = [
        FormField("segment", _("Fixed list"), "choice", params.get("segment", ""), options=lists),
        FormField("name", _("Or a new list named"), "text", params.get("name", ""), max_length=120),
        FormField("way", _("What to do"), "choice", params.get("way", "add"), required=True,
                  options=(Option("add", _("Add to the list")), Option("remove", _("Take out of the list")))),
    ]  # fmt: skip
    if not actor.may("create", "segment"):
        fields.pop(1)
    text = _("%(count)s customers are selected.") % {"count": formats.number(count)}
    token = chosen.token(customer, actor, count)
    return BulkDialog(_("Add to segment"), (text,), reverse("segment.add"), token, _("Save"), tuple(fields))


def move(actor: Actor, form: QueryDict) -> tuple[Segment, Refreshed, bool]:
    """Do what the dialog asked for; returns the segment, what changed, and whether customers were added.

    Raises ``Invalid``, ``NotFound``, ``NotAllowed``, or ``DomainError`` for a selection that is too old.
    """
    customer = record_type("customer")
    chosen, _count = read_token(customer, actor, form.get("selection", ""))
    rows = selected(customer, chosen.selection(customer, actor), actor, "view")
    adds = form.get("way", "add") != "remove"
    name, number = form.get("name", "").strip()[:120], form.get("segment", "")
    if number.isdecimal() and len(number) < 19:
        segment = access.get_visible(actor, record_type("segment"), int(number), "edit")
    elif name and adds:
        segment = create_segment(actor=actor, name=name)
    else:
        raise Invalid({"segment": [_("Choose a fixed list, or name a new one.")]})
    change = add_members if adds else remove_members
    return segment, change(segment, rows, actor=actor), adds
