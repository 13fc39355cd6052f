"""Whether what an administrator asks for can be: words, options, formulas, and what would break by a change."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from guanxi.core.errors import Invalid, type_text
from guanxi.records.declaration import RecordType
from guanxi.records.fields import Choice, Field
from guanxi.records.registry import find_record_type
from guanxi.records.shaping import computed
from guanxi.records.shaping.formula.checking import Scope, check_formula, labels_of
from guanxi.records.shaping.formula.nodes import names_in
from guanxi.records.shaping.formula.reading import read_formula
from guanxi.records.shaping.kinds import KINDS
from guanxi.records.shaping.layouts import PLACES
from guanxi.records.shaping.models import CustomField, State, ValidationRule
from guanxi.records.shaping.words import LANGUAGES, Words, in_words, name_from
from guanxi.records.uniqueness import shared_values

Errors = dict[str, list[type_text]]
LONGEST_LABEL, LONGEST_HELP, LONGEST_VALUE, MOST_CHOICES = 60, 200, 48, 200
COLORS = ("gray", "blue", "indigo", "violet", "pink", "red", "orange", "yellow", "green", "teal")
TEXT = frozenset({"text", "long_text", "email", "phone", "url", "choice"})
# Addresses of pages that are no lists of records.
PATHS = frozenset({
    "api", "account", "settings", "ui", "static", "search", "imports", "value", "figures", "segments", "files", "home",
    "changes", "preferences", "setup",
})  # fmt: skip
_NAME = re.compile(r"x_[a-z0-9_]{1,45}")
_ICON = re.compile(r"[a-z][a-z0-9-]{0,39}")
_PREFIX = re.compile(r"[^'\"\\%\x00-\x1f]{0,12}")


@dataclass(frozen=True, slots=True)
class Settled:
    """Inputs as they are kept."""

    labels: dict[str, str]
    plurals: dict[str, str] = field(default_factory=dict)
    helps: dict[str, str] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)


def check_field(
    record_type: RecordType, kind: str, labels: Mapping[str, str], helps: Mapping[str, str],
    options: Mapping[str, Any], taken: Collection[str], name: str,
) -> Settled:  # fmt: skip
    """Return the words and options of a field as they are kept; raises ``Invalid`` with every input that is wrong."""
    errors: Errors = {}
    if kind not in KINDS:
        raise Invalid({"kind": [_("Choose a kind of field.")]})
    if name and (not _NAME.fullmatch(name) or name in taken):
        errors["name"] = [_("“%(name)s” can't be the name of a field here.") % {"name": name[:60]}]
    said = _words(labels, LONGEST_LABEL, errors, "label", required=True)
    helped = _words(helps, LONGEST_HELP, errors, "help", required=False)
    for item in record_type.fields:
        if item.name != name and not errors and {capfirst(text) for text in said.values()} & {*labels_of(item)}:
            errors["label_en" if said.get("en") else "label_zh"] = [
                _("%(records)s have a field called “%(label)s” already.")
                % {"records": capfirst(str(record_type.plural)), "label": item.title()}
            ]
    kept = _options(record_type, kind, options, errors)
    if errors:
        raise Invalid(errors)
    return Settled(said, helps=helped, options=kept)


def _words(said: Mapping[str, str], longest: int, errors: Errors, name: str, *, required: bool) -> dict[str, str]:
    kept = {language: str(said.get(language, "")).strip() for language in LANGUAGES}
    for language, text in kept.items():
        if len(text) > longest or re.search(r"[\x00-\x1f\[\]]", text):
            errors[f"{name}_{language[:2]}"] = [_("Use between 1 and %(most)s characters.") % {"most": longest}]
    if required and not any(kept.values()):
        errors[f"{name}_en"] = [_("Give it a name in at least one language.")]
    return {language: text for language, text in kept.items() if text}


def _options(record_type: RecordType, kind: str, given: Mapping[str, Any], errors: Errors) -> dict[str, Any]:
    """Return the options that a kind of field is told, as they are kept."""
    kept: dict[str, Any] = {}
    if KINDS[kind].can_be_required and given.get("required"):
        kept["required"] = True
    if KINDS[kind].can_be_unique and given.get("unique"):
        kept["unique"] = True
    for ask in KINDS[kind].asks:
        kept |= _ASKED[ask](given, errors)
    if kind == "user":
        kept["reference"] = "user"
    if kind == "money" and record_type.get("currency") is None:
        kept["own_currency"] = True
    return kept


def _searchable(given: Mapping[str, Any], errors: Errors) -> dict[str, Any]:
    return {"searchable": True} if given.get("searchable") else {}


def _max_length(given: Mapping[str, Any], errors: Errors) -> dict[str, Any]:
    return {"max_length": _number(given.get("max_length") or 255, 1, 255, errors, "max_length")}


def _decimals(given: Mapping[str, Any], errors: Errors) -> dict[str, Any]:
    return {"decimals": _number(given.get("decimals", 2), 0, 8, errors, "decimals")}


def _chosen(given: Mapping[str, Any], errors: Errors) -> dict[str, Any]:
    return {"choices": kept_choices(given.get("choices", ()), errors)}


def _linked(given: Mapping[str, Any], errors: Errors) -> dict[str, Any]:
    target = find_record_type(str(given.get("reference", "")))
    if target is None:
        errors["reference"] = [_("Choose what the field links to.")]
    return {"reference": target.name if target else ""}


def _prefix(given: Mapping[str, Any], errors: Errors) -> dict[str, Any]:
    prefix = str(given.get("prefix", ""))
    if not _PREFIX.fullmatch(prefix):
        errors["prefix"] = [_("Use at most 12 letters, digits or signs, without quotes.")]
    return {"prefix": prefix}


def _digits(given: Mapping[str, Any], errors: Errors) -> dict[str, Any]:
    return {"digits": _number(given.get("digits") or 4, 1, 12, errors, "digits")}


def _formula(given: Mapping[str, Any], errors: Errors) -> dict[str, Any]:
    return {"formula": str(given.get("formula", "")).strip()}


def _rollup(given: Mapping[str, Any], errors: Errors) -> dict[str, Any]:
    plan = dict(given.get("rollup", {}))
    wanted = ("type", "through", "how", "measure", "filter")
    return {"rollup": {key: plan[key] for key in wanted if plan.get(key)}}


_ASKED: dict[str, Callable[[Mapping[str, Any], Errors], dict[str, Any]]] = {
    "searchable": _searchable, "max_length": _max_length, "decimals": _decimals, "choices": _chosen,
    "reference": _linked, "prefix": _prefix, "digits": _digits, "formula": _formula, "rollup": _rollup,
}  # fmt: skip


def _number(value: Any, least: int, most: int, errors: Errors, name: str) -> int:
    text = str(value).strip()
    if not (text.isascii() and text.isdigit() and len(text) < 6 and least <= int(text) <= most):
        errors[name] = [_("Enter a whole number from %(least)s to %(most)s.") % {"least": least, "most": most}]
        return least
    return int(text)


def kept_choices(given: Any, errors: Errors, declared: Sequence[Choice] = ()) -> list[dict[str, Any]]:
    """Return choices as they are kept; a new one is given a value of its own, which stays when it is renamed.

    A ``declared`` one needs no words: it has its own. What is wrong is added to ``errors`` under ``choices``.
    """
    kept: list[dict[str, Any]] = []
    known = {choice.value: str(choice.label) for choice in declared}
    for item in given if isinstance(given, (list, tuple)) else ():
        labels = {language: str(item.get("labels", {}).get(language, "")).strip()[:80] for language in LANGUAGES}
        labels = {language: text for language, text in labels.items() if text}
        value = str(item.get("value") or "")
        if not labels and value not in known:
            continue
        value = value or name_from(labels, {f"x_{other}" for other in (*known, *values_of(kept))}).removeprefix("x_")
        color = item.get("color") if item.get("color") in COLORS else "gray"
        if value in values_of(kept) or len(value) > LONGEST_VALUE:
            errors["choices"] = [_("Two choices have the same value “%(value)s”.") % {"value": value[:LONGEST_VALUE]}]
        retired = {"retired": True} if item.get("retired") else {}
        kept.append({"value": value, "labels": labels, "color": color, **retired})
    if all(item.get("retired") for item in kept):
        errors.setdefault("choices", [_("Enter at least one choice.")])
    elif len(kept) > MOST_CHOICES:
        errors["choices"] = [_("Enter at most %(most)s choices.") % {"most": MOST_CHOICES}]
    words = [text.casefold() for item in kept for text in set(item["labels"].values()) or {known[item["value"]]}]
    if len(words) != len(set(words)):
        errors["choices"] = [_("Two choices have the same words.")]
    return kept


def values_of(choices: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the stored values of choices as they are kept."""
    return {str(choice["value"]) for choice in choices}


def check_change(record_type: RecordType, item: CustomField, options: Mapping[str, Any]) -> None:
    """Refuse a change of options that records could not follow; raises ``Invalid``."""
    if options.get("reference") != item.options.get("reference"):
        raise Invalid({"reference": [_("What it links to can't be changed: records link already.")]})
    if item.state == State.LIVE:
        refuse_used(record_type, record_type[item.name], item.options.get("choices", ()), options.get("choices", ()))
        if options.get("unique") and not item.options.get("unique"):
            _refuse_shared(record_type, item)
    shorter = int(options.get("max_length") or 0)
    if item.kind == "text" and shorter < int(item.options.get("max_length") or 0):
        raise Invalid({"max_length": [_("A text can be made longer, not shorter: records may have longer ones.")]})
    for name in ("prefix", "digits"):
        if options.get(name) != item.options.get(name):
            raise Invalid({name: [_("Numbers that were drawn keep their look; this can't be changed.")]})


def _refuse_shared(record_type: RecordType, item: CustomField) -> None:
    """Refuse to make a field unique while records share values; raises ``Invalid`` with how many, and examples."""
    shared = shared_values(record_type.model._meta.db_table, record_type[item.name])
    if shared:
        raise Invalid({"unique": [_("%(shared)s. Change these first; records in the bin don't count.")
                                  % {"shared": shared}]})  # fmt: skip


def refuse_used(
    record_type: RecordType, item: Field, before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> None:
    """Refuse to take choices away that records have; raises ``Invalid`` with how many have which."""
    gone = values_of(before) - values_of(after)
    if not gone:
        return
    rows = record_type.model._default_manager
    if item.kind == "choices":
        counted = {value: rows.filter(**{f"{item.column}__contains": [value]}).count() for value in gone}
    else:
        found = rows.filter(**{f"{item.column}__in": list(gone)}).values(item.column).annotate(n=Count("pk"))
        counted = {str(row[item.column]): int(row["n"]) for row in found.order_by()}
    words = {choice["value"]: in_words(choice["labels"]) for choice in before}
    told = ", ".join(f"{words[value]} ({number})" for value, number in counted.items() if number)
    if told:
        sentence = _("Records still have: %(choices)s. Change them first, or retire the choice.")
        raise Invalid({"choices": [sentence % {"choices": told}]})


def check_computed(record_type: RecordType, item: CustomField) -> None:
    """Refuse a formula or roll-up that can't be computed; raises ``Invalid``."""
    if item.kind == "rollup":
        computed.check_rollup(record_type.name, item.options["rollup"])
    if item.kind != "formula":
        return
    others = CustomField.objects.filter(record_type=record_type.name, state=State.LIVE, kind="formula")
    formulas = computed.formulas_of([other for other in others if other.pk != item.pk])
    formulas[item.name] = read_formula(str(item.options.get("formula", "")))
    fields = {other.name: other for other in record_type.fields}
    check_formula(formulas[item.name], Scope(fields, formulas, [item.name]))


def needed_by(item: CustomField) -> list[str]:
    """Return what would fall silent without a field: formulas, rules and roll-ups that name it, in words."""
    record_type = find_record_type(item.record_type)
    found: list[str] = []
    for other in CustomField.objects.filter(state__in=(State.LIVE, State.PLANNED)).exclude(pk=item.pk):
        if other.kind == "formula" and record_type is not None and other.record_type == item.record_type:
            if _names(record_type, str(other.options.get("formula", "")), item):
                found.append(_("the formula “%(name)s”") % {"name": in_words(other.labels)})
        elif other.kind == "rollup" and other.options["rollup"].get("type") == item.record_type:
            plan = other.options["rollup"]
            if item.name in (plan.get("through"), plan.get("measure"), *computed.filtered(plan)):
                found.append(_("the roll-up “%(name)s”") % {"name": in_words(other.labels)})
    for rule in ValidationRule.objects.filter(record_type=item.record_type) if record_type is not None else ():
        if record_type is not None and (rule.field == item.name or _names(record_type, rule.condition, item)):
            found.append(_("the rule “%(name)s”") % {"name": rule.name})
    return found


def _names(record_type: RecordType, text: str, item: CustomField) -> bool:
    """Say whether a formula names the field, by its name or by a label."""
    scope = Scope({other.name: other for other in record_type.fields})
    for name in names_in(read_formula(text)):
        try:
            found = scope.find(name)
        except Invalid:
            continue
        if getattr(found, "name", found) == item.name:
            return True
    return False


def pointing_at(type_name: str) -> list[str]:
    """Return the custom fields of other types that link to a record type or add it up, in words."""
    found = []
    for item in CustomField.objects.filter(state__in=(State.LIVE, State.PLANNED)).exclude(record_type=type_name):
        source = find_record_type(item.record_type)
        points = type_name in (item.options.get("reference"), item.options.get("rollup", {}).get("type"))
        if points and source is not None:
            found.append(f"{capfirst(str(source.plural))} › {Words(item.labels)}")
    return found


def check_type(
    labels: Mapping[str, str], plurals: Mapping[str, str], icon: str, name: str, taken: Collection[str]
) -> Settled:
    """Return the words of a record type as they are kept; raises ``Invalid``."""
    errors: Errors = {}
    said = _words(labels, LONGEST_LABEL, errors, "label", required=True)
    many = _words(plurals, LONGEST_LABEL, errors, "plural", required=False)
    many = {language: many.get(language) or text for language, text in said.items()}
    if not _ICON.fullmatch(icon):
        errors["icon"] = [_("Choose an icon.")]
    if name and (not _NAME.fullmatch(name) or name in taken):
        errors["name"] = [_("“%(name)s” can't be the name of a record type.") % {"name": name[:60]}]
    if errors:
        raise Invalid(errors)
    return Settled(said, many)


def check_layout(record_type: RecordType, plan: Mapping[str, Any]) -> dict[str, Any]:
    """Return a layout as it is kept; raises ``Invalid`` for parts or fields that aren't there."""
    known = {item.name for item in record_type.fields}
    kept: dict[str, Any] = {}
    for place in PLACES:
        if place in plan:
            kept[place] = _fields(plan[place], known)
    if "left" in plan:
        kept["left"] = _fields(plan["left"], known)
    if plan.get("columns") == []:
        raise Invalid({"columns": [_("A list needs at least one column.")]})
    if "board" in plan:
        item = record_type.get(str(plan["board"]))
        if plan["board"] and (item is None or item.kind != "choice"):
            raise Invalid({"board": [_("A board needs a field with choices.")]})
        kept["board"] = str(plan["board"])
    if "sections" in plan:
        kept["sections"] = [
            {"key": str(part["key"])[:40], "labels": {k: str(v)[:60] for k, v in part.get("labels", {}).items()
                                                      if k in LANGUAGES}, "fields": _fields(part["fields"], known)}
            for part in plan["sections"]
        ]  # fmt: skip
    return kept


def _fields(names: Any, known: Collection[str]) -> list[str]:
    wanted = list(dict.fromkeys(str(name) for name in names))
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise Invalid({"": [_("There is no field “%(name)s”.") % {"name": unknown[0][:60]}]})
    return wanted


def check_rule(
    record_type: RecordType, name: str, sentences: Mapping[str, str], field_name: str, own: int | None
) -> None:
    """Refuse a validation rule without a name or sentence of its own; raises ``Invalid``."""
    errors: Errors = {}
    if not 1 <= len(name.strip()) <= 80:
        errors["name"] = [_("Use between 1 and 80 characters.")]
    elif ValidationRule.objects.filter(record_type=record_type.name, name=name.strip()).exclude(pk=own or 0).exists():
        errors["name"] = [_("Another rule has this name already.")]
    _words(sentences, 300, errors, "sentence", required=True)
    if field_name and record_type.get(field_name) is None:
        errors["field"] = [_("There is no field “%(name)s”.") % {"name": field_name[:60]}]
    if errors:
        raise Invalid(errors)
