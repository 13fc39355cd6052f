"""Validation rules of a record type in the settings."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guanxi.core.errors import Invalid, NotFound
from guanxi.core.policy import administrators
from guanxi.identity.forms import Ask, Asked, asked
from guanxi.identity.shaping.field_form import words_of
from guanxi.identity.shaping.field_views import frame_type
from guanxi.identity.shaping.queries import shaped_type
from guanxi.records.declaration import RecordType, is_writable
from guanxi.records.registry import CUSTOM
from guanxi.records.screens.answers import actor_of
from guanxi.records.shaping import services
from guanxi.records.shaping.formula.functions import OFFERED
from guanxi.records.shaping.models import ValidationRule
from guanxi.records.shaping.words import LANGUAGES, in_words
from guanxi.ui.parts import Option


@administrators
@require_GET
def show_rules(request: HttpRequest, type_name: str) -> HttpResponse:
    """List the rules of a record type."""
    record_type = shaped_type(type_name)
    frame_type(request, record_type)
    rules = [(rule, in_words(rule.sentences)) for rule in _rules(record_type).order_by("pk")]
    context = {"record_type": record_type, "rules": rules, "tab": "rules", "is_own": record_type.nav_group == CUSTOM}
    return render(request, "identity/shaping/rules.html", context)


@administrators
@require_http_methods(["GET", "POST"])
def new_rule(request: HttpRequest, type_name: str) -> HttpResponse:
    """Add a rule."""
    return _edit(request, shaped_type(type_name), None)


@administrators
@require_http_methods(["GET", "POST"])
def edit_rule(request: HttpRequest, type_name: str, rule_id: int) -> HttpResponse:
    """Change a rule."""
    record_type = shaped_type(type_name)
    return _edit(request, record_type, _rule(record_type, rule_id))


@administrators
@require_POST
def remove_rule(request: HttpRequest, type_name: str, rule_id: int) -> HttpResponse:
    """Delete a rule."""
    record_type = shaped_type(type_name)
    rule = _rule(record_type, rule_id)
    services.delete_rule(rule, actor=actor_of(request))
    messages.success(request, _("Deleted the rule “%(name)s”") % {"name": rule.name})
    return redirect("settings.rules", record_type.name)


def _edit(request: HttpRequest, record_type: RecordType, rule: ValidationRule | None) -> HttpResponse:
    form = asked(request, _asks(record_type), _stored(rule))
    if form.posted is not None:
        try:
            services.save_rule(
                record_type, actor=actor_of(request), rule=rule, name=form.text("name"), condition=_condition(form),
                sentences=words_of(form, "sentence"), field=form.text("field"), is_active=form.text("is_active") == "1",
            )  # fmt: skip
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved"))
            return redirect("settings.rules", record_type.name)
    frame_type(request, record_type, rule.name if rule else _("New rule"))
    condition = _condition(form) if form.posted is not None else rule.condition if rule else ""
    fields = [item.title() for item in record_type.fields if item.expression is None and "__" not in item.path]
    context = {
        "record_type": record_type, "form": form, "inputs": form.inputs(), "rule": rule, "formula": condition,
        "parts": fields, "functions": OFFERED, "cancel_url": reverse("settings.rules", args=[record_type.name]),
    }  # fmt: skip
    return render(request, "identity/shaping/rule.html", context, status=422 if form.errors else 200)


def _condition(form: Asked) -> str:
    return str(form.posted.get("formula", "")) if form.posted is not None else ""


def _asks(record_type: RecordType) -> tuple[Ask, ...]:
    fields = [Option(item.name, item.title()) for item in record_type.fields if is_writable(item)]
    return (
        Ask("name", _("Name of the rule"), required=True, max_length=80, autofocus=True),
        Ask("sentence_en", _("Sentence in English"), max_length=300, help=_("What people read when it is refused.")),
        Ask("sentence_zh", _("Sentence in Chinese"), max_length=300),
        Ask("field", _("Stands at"), "choice", fields, placeholder=_("the whole record")),
        Ask("is_active", _("In force"), "boolean"),
    )


def _stored(rule: ValidationRule | None) -> dict[str, str]:
    if rule is None:
        return {"is_active": "1"}
    said = {f"sentence_{language[:2]}": rule.sentences.get(language, "") for language in LANGUAGES}
    return {"name": rule.name, "field": rule.field, "is_active": "1" if rule.is_active else "", **said}


def _rules(record_type: RecordType) -> QuerySet[ValidationRule]:
    return ValidationRule.objects.filter(record_type=record_type.name)


def _rule(record_type: RecordType, rule_id: int) -> ValidationRule:
    found = _rules(record_type).filter(pk=rule_id).first()
    if found is None:
        raise NotFound
    return found
