"""Values that no two living records share: who has one, and the sentence for whoever wants it, too.

The database guarantees it by a unique index; what is asked here says it earlier, for all fields at once, and by name.
Records in the bin block nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guanxi.core.actor import Actor
from guanxi.core.errors import Invalid, type_text
from guanxi.records import access
from guanxi.records.declaration import RecordType
from guanxi.records.fields import Field
from guanxi.records.sameness import SQL_TYPES, is_filled, key_of, same_living
from guanxi.records.sql import quoted, rows_of
from guanxi.ui import formats

_EXAMPLES, _SHOWN = 3, 60


def unique_fields(record_type: RecordType, names: Collection[str] | None = None) -> list[Field]:
    """Return the fields of a type (or those of them among ``names``) whose values no two living records share."""
    return [item for item in record_type.fields if item.unique and (names is None or item.name in names)]


def taken(
    record_type: RecordType, record: Model, names: Collection[str] | None, actor: Actor
) -> dict[str, list[type_text]]:
    """Return, by field, the sentences for values of a record that another living record has.

    ``names`` limits it to what is being written; nothing is asked where none of these is unique. One question else.
    """
    values = {item.name: getattr(record, item.name) for item in unique_fields(record_type, names)}
    found = _holders(record_type, values, record.pk)
    errors: dict[str, list[type_text]] = {}
    for name, holder in found.items():
        if actor.sees_field(record_type.name, name):
            errors[name] = [sentence(record_type[name], values[name], title_for(record_type, holder, actor))]
        else:
            errors[""] = [_("There is such a record already.")]
    return errors


def sentence(item: Field, value: Any, title: str) -> str:
    """Return that a value is taken: by the record of this title, or by another record where it is empty."""
    words = {"field": item.title(), "value": said(item, value), "title": title}
    if title:
        return _("%(field)s “%(value)s” is taken: “%(title)s” has it already.") % words
    return _("%(field)s “%(value)s” is taken: another record has it already.") % words


def said(item: Field, value: Any) -> str:
    """Return a value as a sentence shows it, in the reader's language."""
    if isinstance(value, Decimal):
        return formats.number(value, item.decimals)
    return formats.day(value) if isinstance(value, date) else str(value)[:_SHOWN]


def title_for(record_type: RecordType, record_id: int, actor: Actor) -> str:
    """Return the title of a record as far as the actor may see it, else nothing."""
    return titles_for(record_type, [record_id], actor).get(record_id, "")


def titles_for(record_type: RecordType, ids: Collection[int], actor: Actor) -> dict[int, str]:
    """Return the titles of those of these records that the actor may see, by id."""
    if not ids or not actor.sees_field(record_type.name, record_type.title):
        return {}
    rows = access.visible_to(actor, record_type).filter(pk__in=ids).order_by()
    return {pk: str(title or "")[:_SHOWN] for pk, title in rows.values_list("pk", record_type.title)}


def _holders(record_type: RecordType, values: Mapping[str, Any], but: int | None) -> dict[str, int]:
    """Return which living record has which of these values, by field; one question for all of them."""
    table = quoted(record_type.model._meta.db_table)
    parts: list[str] = []
    given: list[tuple[str, Any]] = []
    for name, value in values.items():
        if value in (None, ""):
            continue
        kind = record_type[name].kind
        parts.append(
            f"(SELECT {len(parts)}, t.id FROM {table} t, (SELECT %s::{SQL_TYPES[kind]} AS v) g"
            f" WHERE {same_living(kind, quoted(name), 'g.v')} AND t.id IS DISTINCT FROM %s LIMIT 1)"
        )
        given.append((name, value))
    if not parts:
        return {}
    rows = rows_of(" UNION ALL ".join(parts), [each for _name, value in given for each in (value, but)])
    return {given[int(place)][0]: int(holder) for place, holder in rows}


def refuse_for_many(
    record_type: RecordType, item: Field, value: Any, number: int, first_id: int, actor: Actor
) -> None:  # fmt: skip
    """Refuse to give a unique value to ``number`` records (the first of them ``first_id``), or one that is taken.

    Raises ``Invalid`` under the field's name.
    """
    if value in (None, "") or not number:
        return
    if number > 1:
        words = {"field": item.title(), "number": formats.number(number)}
        told = _("Only one record can have this value in “%(field)s”, and this would give it to %(number)s. "
                 "Nothing was changed.")  # fmt: skip
        raise Invalid({item.name: [told % words]})
    found = _holders(record_type, {item.name: value}, first_id)
    if found:
        raise Invalid({item.name: [sentence(item, value, title_for(record_type, found[item.name], actor))]})


def shared_values(table: str, item: Field) -> str:
    """Return how many living records of a table share a value with another, with examples; nothing where none does."""
    key, column = key_of(item.kind, quoted(item.name)), quoted(item.name)
    rows = rows_of(
        f"SELECT min({column}), count(*), sum(count(*)) OVER () FROM {quoted(table)}"
        f" WHERE deleted_at IS NULL AND {is_filled(item.kind, column)}"
        f" GROUP BY {key} HAVING count(*) > 1 ORDER BY count(*) DESC, 1 LIMIT {_EXAMPLES}"
    )
    if not rows:
        return ""
    total = int(rows[0][2])
    examples = ", ".join(f"“{said(item, value)}” ({formats.number(number)})" for value, number, _total in rows)
    told = ngettext("%(number)s record shares its value with another: %(examples)s",
                    "%(number)s records share their value with another: %(examples)s", total)  # fmt: skip
    more = "…" if sum(int(number) for _value, number, _total in rows) < total else ""
    return told % {"number": formats.number(total), "examples": examples + more}
