"""How changes of users, roles and the company read: names of roles, rights and languages instead of keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.core.actor import Actor
from guanxi.identity.role.models import Role
from guanxi.identity.role.words import scope_words, verb_words
from guanxi.records.fields import Choice, Field
from guanxi.records.registry import Line, Told, find_record_type, tell_changes
from guanxi.ui import formats

Pairs = Sequence[tuple[Any, Any]]
_LANGUAGE = Told(Field("language", gettext_lazy("language"), "choice", choices=tuple(
    Choice(code, name) for code, name in settings.LANGUAGES)))  # fmt: skip


def _keys(value: Any) -> list[str]:
    return [str(key) for key in (value if isinstance(value, (list, tuple)) else [value]) if key]


def _role_lines(label: str, pairs: Pairs) -> list[list[Line]]:
    """Return what roles are called instead of their keys; one query for all pairs."""
    keys = {key for pair in pairs for value in pair for key in _keys(value)}
    names = dict(Role._default_manager.filter(key__in=keys).values_list("key", "name"))
    said = [tuple(formats.listed([_(names.get(key, key)) for key in _keys(value)]) for value in pair) for pair in pairs]
    return [[(capfirst(label), old, new or (_("none") if old else ""))] for old, new in said]


def _rights(actor: Actor, pairs: Pairs) -> list[list[Line]]:
    return [list(_right_lines(mapped(old), mapped(new))) for old, new in pairs]


def _right_lines(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Line]:
    """Yield one line for each kind of records whose rights changed, with those verbs only that differ."""
    for name in dict.fromkeys((*new, *old)):
        before, after = mapped(old.get(name)), mapped(new.get(name))
        if before != after:
            yield f"{_('Permissions')} › {_type_words(name)}", _reach(before, after), _reach(after, before)


def _reach(side: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    verbs, scopes = {**verb_words(), "*": _("Everything else")}, scope_words()
    told = [verb for verb in (*verbs, *(side.keys() - verbs.keys())) if verb in side and side[verb] != other.get(verb)]
    reach = formats.listed(f"{verbs.get(verb, verb)}: {scopes.get(side[verb], side[verb])}" for verb in told)
    return reach or _("none")


def mapped(value: Any) -> Mapping[str, Any]:
    """Return a kept value by its keys; nothing where it is none of that shape."""
    return value if isinstance(value, Mapping) else {}


def _type_words(name: str) -> str:
    found = find_record_type(name)
    return capfirst(str(found.plural)) if found is not None else _("Everything else") if name == "*" else name


def _field_lines(label: str, pairs: Pairs) -> list[list[Line]]:
    """Return the fields of each kind of records that are hidden, or locked, by their labels."""
    said = capfirst(label)
    return [
        [
            (f"{said} › {_type_words(name)}", _titles(name, old.get(name)), _titles(name, new.get(name)))
            for name in dict.fromkeys((*new, *old))
            if _keys(old.get(name)) != _keys(new.get(name))
        ]
        for old, new in ((mapped(old), mapped(new)) for old, new in pairs)
    ]


def _titles(type_name: str, names: Any) -> str:
    record_type = find_record_type(type_name)
    items = [(name, record_type.get(name) if record_type is not None else None) for name in _keys(names)]
    return formats.listed([item.title() if item is not None else name for name, item in items]) or _("none")


def _rates(actor: Actor, pairs: Pairs) -> list[list[Line]]:
    label = capfirst(_("exchange rates"))
    said = [
        tuple(formats.listed([f"{code} {rate}" for code, rate in mapped(value).items()]) for value in pair)
        for pair in pairs
    ]
    return [[(label, old, new or (_("none") if old else ""))] for old, new in said]


tell_changes(
    "user", _LANGUAGE,
    Told(Field("roles", gettext_lazy("roles")), lambda actor, pairs: _role_lines(_("roles"), pairs)),
    Told(Field("territories", gettext_lazy("territories"), "tags", reference="territory")),
    Told(Field("second_factors", gettext_lazy("ways of the second step"), "integer")),
)  # fmt: skip
tell_changes(
    "role", Told(Field("permissions", gettext_lazy("permissions")), _rights),
    Told(Field("like", gettext_lazy("with the rights of")),
         lambda actor, pairs: _role_lines(_("with the rights of"), pairs)),
    Told(Field("hidden_fields", gettext_lazy("hidden fields")),
         lambda actor, pairs: _field_lines(_("hidden fields"), pairs)),
    Told(Field("locked_fields", gettext_lazy("read-only fields")),
         lambda actor, pairs: _field_lines(_("read-only fields"), pairs)),
)  # fmt: skip
tell_changes("company", _LANGUAGE, Told(Field("rates", gettext_lazy("exchange rates")), _rates))
