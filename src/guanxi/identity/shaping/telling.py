"""How changes of the configuration read: the labels of what was arranged instead of names for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.core.actor import Actor
from guanxi.core.errors import type_text
from guanxi.identity.shaping.field_form import TICKS
from guanxi.identity.shaping.icons import icon_words
from guanxi.identity.shaping.queries import place_words
from guanxi.identity.telling import Pairs, mapped
from guanxi.records.fields import Choice, Field
from guanxi.records.registry import Line, Told, find_record_type, tell_changes
from guanxi.records.shaping.kinds import KINDS
from guanxi.records.shaping.words import in_words
from guanxi.ui import formats


def _in_text(name: str, label: type_text, say: Callable[[Any], str]) -> Told:
    """Return how a field reads whose values ``say`` puts into words."""

    def lines(actor: Actor, pairs: Pairs) -> list[list[Line]]:
        said = [tuple("" if value in (None, "", [], {}) else say(value) for value in pair) for pair in pairs]
        return [[(capfirst(str(label)), old, new or (_("empty") if old else ""))] for old, new in said]

    return Told(Field(name, label), lines)


def _both(said: Any) -> str:
    """Return words in the languages they were given in."""
    return " / ".join(dict.fromkeys(str(text) for text in mapped(said).values() if text)) or str(said or "")


def _type_words(name: Any) -> str:
    found = find_record_type(str(name))
    return capfirst(str(found.plural)) if found is not None else str(name)


def _choices(kept: Any) -> str:
    retired = _("%(choice)s (retired)")
    words = [(in_words(mapped(item.get("labels"))) or str(item.get("value", "")), item.get("retired")) for item in kept]
    return formats.listed([retired % {"choice": text} if gone else text for text, gone in words])


def _option_lines(actor: Actor, pairs: Pairs) -> list[list[Line]]:
    return [list(_changed_options(mapped(old), mapped(new))) for old, new in pairs]


def _changed_options(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Line]:
    labels = {
        "required": _("Required"), "unique": _("Unique"), "searchable": _("Found by the search"),
        "max_length": _("Longest text"),
        "decimals": _("Decimals"), "choices": _("Choices"), "reference": _("Links to"), "prefix": _("Begins with"),
        "digits": _("Digits"), "formula": _("Formula"), "rollup": _("Adds up"),
    }  # fmt: skip
    for name in dict.fromkeys((*new, *old)):
        if old.get(name) != new.get(name) and name in labels:
            before, after = (_option(name, side.get(name)) for side in (old, new))
            yield labels[name], before, after or _("empty")


def _option(name: str, value: Any) -> str:
    if name in TICKS:
        return _("yes") if value else _("no")
    if value in (None, "", [], {}):
        return ""
    if name == "choices":
        return _choices(value)
    if name == "rollup":
        return _type_words(value.get("type"))
    return _type_words(value) if name == "reference" else str(value)


def _plan_lines(actor: Actor, pairs: Pairs) -> list[list[Line]]:
    return [list(_changed_plan(mapped(old), mapped(new))) for old, new in pairs]


def _changed_plan(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Line]:
    """Yield what was arranged anew, without the fields: which of a hundred moved tells nobody anything."""
    labels = {"sections": _("Page and form"), **{key: words[0] for key, words in place_words().items()},
              "board": _("Board")}  # fmt: skip
    changed = [label for key, label in labels.items() if old.get(key) != new.get(key)]
    if changed:
        yield _("Arranged anew"), "", formats.listed(changed) if new else _("as at first")


_TYPE = _in_text("record_type", gettext_lazy("record type"), _type_words)
_LABELS = _in_text("labels", gettext_lazy("labels"), _both)
_CHOICES = _in_text("choices", gettext_lazy("choices"), _choices)
_NAME = Told(Field("name", gettext_lazy("Name for programs")))
_ICON = _in_text("icon", gettext_lazy("icon"), icon_words)
tell_changes("custom_type", _NAME, _LABELS, _ICON, _in_text("plurals", gettext_lazy("plural"), _both))
_KINDS = tuple(Choice(key, kind.label) for key, kind in KINDS.items())
_KIND = Field("kind", gettext_lazy("kind"), "choice", choices=_KINDS)
tell_changes(
    "custom_field", _TYPE, _NAME, _LABELS, _in_text("helps", gettext_lazy("help"), _both), Told(_KIND),
    Told(Field("options"), _option_lines),
)  # fmt: skip
tell_changes("picklist", _TYPE, _CHOICES)
tell_changes("layout", _TYPE, Told(Field("plan"), _plan_lines))
tell_changes("validation_rule", _TYPE, _in_text("sentences", gettext_lazy("sentences"), _both))
