"""The set-based twin of the write path: one statement for any number of rows, with permission, history and undo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import IntegrityError, connection, models, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guanxi.core.actor import SYSTEM, Actor
from guanxi.core.errors import Invalid, NotAllowed
from guanxi.records import access
from guanxi.records.changes import announce_set, log_rows
from guanxi.records.declaration import RecordType, is_writable
from guanxi.records.fields import Field
from guanxi.records.listing import Query, matching
from guanxi.records.models import ChangeSet
from guanxi.records.registry import find_record_type
from guanxi.records.registry import record_type as type_named
from guanxi.records.shaping.live import after_loading
from guanxi.records.titles import TITLE_LENGTH, bulk_title
from guanxi.records.uniqueness import refuse_for_many
from guanxi.records.writing import type_field

MAX_IDS = 5_000


@dataclass(frozen=True, slots=True)
class Selection:
    """Rows chosen in a list: by id, or all that match a query."""

    ids: tuple[int, ...] = ()
    query: Query | None = None


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What a bulk action did. ``skipped`` were chosen but not the actor's to change, or gone meanwhile."""

    change_set_id: int
    changed: int
    skipped: int


def selected(record_type: RecordType, selection: Selection, actor: Actor, verb: str) -> QuerySet[Any, Any]:
    """Return the rows of a selection to which the actor may apply ``verb``, unordered."""
    if selection.query is not None:
        rows = matching(record_type, selection.query, actor)
    else:
        rows = access.visible_to(actor, record_type).filter(pk__in=selection.ids[:MAX_IDS])
    condition = access.scope_condition(actor, record_type, verb)
    return rows.filter(condition).order_by() if condition else rows.order_by()


def change_many(
    record_type: RecordType, selection: Selection, actor: Actor, name: str, value: Any, *, mode: str = "set"
) -> BulkResult:
    """Change one field of all selected rows in one transaction: lock, one UPDATE, one INSERT of history.

    ``value`` is typed. ``mode`` ``add`` or ``remove`` changes the members of a field of several values. Rows that hold
    the value already are left alone. Raises ``NotAllowed`` without the right, ``Invalid`` for a field that can't be
    changed so, for a reference that the actor may not see, or when the rows would leave the actor's sight,
    or for a value that no two records may share.
    """
    access.require_may(actor, "edit", record_type)
    item = _changeable(record_type, name, actor)
    _check_reference(item, value, actor)
    column = type_field(record_type, name)
    with transaction.atomic():
        table = _freeze(selected(record_type, selection, actor, "edit"), column)
        chosen = _scalar(f"SELECT count(*) FROM {table}")
        new = _new_value(record_type, item, column, mode)
        params = [_stored(record_type, column, value)]
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} ADD COLUMN new_value {_sql_type(record_type, column)}")
            cursor.execute(f"UPDATE {table} SET new_value = {new}", params)
            cursor.execute(f"DELETE FROM {table} WHERE new_value IS NOT DISTINCT FROM old_value")
        changed = _scalar(f"SELECT count(*) FROM {table}")
        if item.unique:
            refuse_for_many(
                record_type, item, value, changed, _scalar(f"SELECT coalesce(min(id), 0) FROM {table}"), actor
            )
        title = bulk_title("edit", record_type, changed, item.label)
        change_set = _change_set("bulk_edit", title, actor, record_type, changed)
        try:
            _update(record_type, table, f'"{_db_column(record_type, column)}" = chosen.new_value')
        except IntegrityError as refusal:
            raise Invalid({name: [_("Some of the records can't have this value.")]}) from refusal
        _require_rules(record_type, table, name)
        _require_reach(record_type, table, name, actor)
        _write_history(record_type, table, name, item, change_set.pk, actor)
    return BulkResult(change_set.pk, changed, _asked(selection, chosen) - changed)


def delete_many(record_type: RecordType, selection: Selection, actor: Actor) -> BulkResult:
    """Put all selected rows in the bin in one transaction; raises ``NotAllowed`` without the right."""
    access.require_may(actor, "delete", record_type)
    if not record_type.deletable:
        raise NotAllowed
    with transaction.atomic():
        table = _freeze(selected(record_type, selection, actor, "delete"), "deleted_at")
        deleted = _scalar(f"SELECT count(*) FROM {table}")
        title = bulk_title("delete", record_type, deleted)
        change_set = _change_set("bulk_delete", title, actor, record_type, deleted)
        _update(record_type, table, "deleted_at = now()")
        _write_verb(record_type, table, "deleted", change_set.pk, actor)
    return BulkResult(change_set.pk, deleted, _asked(selection, deleted) - deleted)


def _changeable(record_type: RecordType, name: str, actor: Actor) -> Field:
    """Return the field if a bulk action may set it: stored in a column of its own and without keys computed from it."""
    item = record_type.get(name)
    if item is None or not is_writable(item) or not actor.edits_field(record_type.name, name):
        raise Invalid({name[:60]: [_("You may not change this field.")]})
    if name in _looked_at(record_type.name) or item.kind == "json":
        raise Invalid({name: [_("This field can only be changed one record at a time.")]})
    return item


def read_together(record_type: RecordType) -> frozenset[str]:
    """Return the fields from which key columns are computed, and those that checks of the whole record look at."""
    ruled = record_type.rules.reads if record_type.rules is not None else frozenset()
    return _looked_at(record_type.name) | ruled


@lru_cache(maxsize=128)
def _looked_at(type_name: str) -> frozenset[str]:
    """Return the fields that one statement can't change, because their record has to be looked at as a whole.

    Found by letting its functions run over empty records, one for each value of each picklist, and noting what they
    read. What rules of administrators look at isn't among them: those are asked of all rows at once.
    """
    record_type = type_named(type_name)
    empty: dict[str, Any] = {item.name: None for item in record_type.fields}
    variants = [empty, *({**empty, item.name: choice.value} for item in record_type.fields for choice in item.choices)]
    read: set[str] = set()
    for function in (record_type.derive, record_type.check):
        for facts in variants if function is not None else ():
            watched = _Watched(facts)
            with suppress(TypeError, ValueError, AttributeError, KeyError):
                function(watched)  # type: ignore[misc]
            read |= watched.read
    return frozenset(read)


after_loading(_looked_at.cache_clear)


class _Watched(dict[str, Any]):
    """A dict that notes which keys are asked for."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        super().__init__(facts)
        self.read: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        self.read.add(key)
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value and note the key."""
        self.read.add(key)
        return super().get(key, default)


def bulk_fields(record_type: RecordType, actor: Actor) -> list[Field]:
    """Return the fields that the actor may change for many records at once."""
    if not record_type.editable:
        return []
    banned = _looked_at(record_type.name)
    return [item for item in record_type.editable_fields(actor) if item.name not in banned and item.kind != "json"]


def _check_reference(item: Field, value: Any, actor: Actor) -> None:
    target = find_record_type(item.reference) if item.kind in ("reference", "tags") else None
    keys: Sequence[Any] = value if isinstance(value, (list, tuple)) else [value] if value is not None else []
    if target is not None and access.visible_to(actor, target).filter(pk__in=keys).count() != len(set(keys)):
        raise Invalid({item.name: [_("This record was deleted or moved, or you may not see it.")]})
    if value in (None, "") and item.required:
        raise Invalid({item.name: [_("Enter %(field)s.") % {"field": item.label}]})


def _freeze(rows: QuerySet[Any, Any], column: str) -> str:
    """Lock the rows in the order of their ids and keep ids and old values in a table of this transaction."""
    sql, params = rows.select_for_update(of=("self",)).order_by("pk").values_list("pk", column).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bulk_rows")
        cursor.execute(
            f"CREATE TEMPORARY TABLE bulk_rows ON COMMIT DROP AS "
            f"WITH locked (id, old_value) AS MATERIALIZED ({sql}) SELECT id, old_value FROM locked", params,
        )  # fmt: skip
    return "bulk_rows"


def _update(record_type: RecordType, table: str, assignment: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {_table(record_type)} AS r SET {assignment}, version = r.version + 1, updated_at = now() "
            f"FROM {table} AS chosen WHERE r.id = chosen.id"
        )


def _write_history(
    record_type: RecordType, table: str, name: str, item: Field, change_set_id: int, actor: Actor
) -> None:
    ChangeSet.objects.filter(pk=change_set_id).update(counts=_counts(record_type, table, name))
    old, new = (_json_sql(record_type, item, f"r.{side}_value") for side in ("old", "new"))
    fields = f"jsonb_build_object(%s::text, jsonb_build_array({old}, {new}))"
    log_rows(actor, record_type.name, "changed", change_set_id, "bulk", rows=f"{table} r", fields=fields, values=[name])
    announce_set(record_type.name, change_set_id)


def _write_verb(record_type: RecordType, table: str, verb: str, change_set_id: int, actor: Actor) -> None:
    ChangeSet.objects.filter(pk=change_set_id).update(counts=_counts(record_type, table, ""))
    log_rows(actor, record_type.name, verb, change_set_id, "bulk", rows=f"{table} r")
    announce_set(record_type.name, change_set_id)


def _counts(record_type: RecordType, table: str, field: str) -> dict[str, Any]:
    return {"record_type": record_type.name, "rows": _scalar(f"SELECT count(*) FROM {table}"), "field": field}


def _change_set(kind: str, title: str, actor: Actor, record_type: RecordType, rows: int) -> ChangeSet:
    counts: Mapping[str, Any] = {"record_type": record_type.name, "rows": rows}
    return ChangeSet.objects.create(kind=kind, title=title[:TITLE_LENGTH], actor_id=actor.user_id, counts=dict(counts))


def _require_reach(record_type: RecordType, table: str, name: str, actor: Actor) -> None:
    """Refuse a change of owner, team or territory that would take rows out of the actor's sight."""
    condition = access.scope_condition(actor, record_type, "view")
    if not condition or name not in ("owner", "team", "territory", record_type.scope_through):
        return
    if _rows_in(record_type, table).exclude(condition).exists():
        raise NotAllowed(_("You can't put a record where you may not see it. Choose another owner, team or territory."))


def _require_rules(record_type: RecordType, table: str, name: str) -> None:
    """Refuse a change after which rows break a rule of an administrator; raises ``Invalid`` with how many there are."""
    changed = _rows_in(record_type, table)
    for rule in record_type.rules.each if record_type.rules is not None else ():
        if name not in rule.reads:
            continue
        number = changed.annotate(broken_=rule.expression(SYSTEM)).filter(broken_=True).count()
        if number:
            sentence = ngettext("%(number)d of the records is refused: %(rule)s",
                                "%(number)d of the records are refused: %(rule)s", number)  # fmt: skip
            raise Invalid({name: [sentence % {"number": number, "rule": rule.sentence}]})


def _rows_in(record_type: RecordType, table: str) -> QuerySet[Any, Any]:
    return record_type.model._default_manager.extra(where=[f"{_table(record_type)}.id IN (SELECT id FROM {table})"])


def _asked(selection: Selection, found: int) -> int:
    return found if selection.query is not None else len(set(selection.ids))


def _scalar(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])


def _table(record_type: RecordType) -> str:
    return f'"{record_type.model._meta.db_table}"'


def _model_field(record_type: RecordType, column: str) -> models.Field[Any, Any]:
    name = column.removesuffix("_id")
    try:
        found = record_type.model._meta.get_field(column)
    except FieldDoesNotExist:
        found = record_type.model._meta.get_field(name)
    if not isinstance(found, models.Field):
        raise TypeError(f"{column} of {record_type.name} is not stored in a column")
    return found


def _db_column(record_type: RecordType, column: str) -> str:
    return str(_model_field(record_type, column).column)


def _sql_type(record_type: RecordType, column: str) -> str:
    field = _model_field(record_type, column)
    return str(field.rel_db_type(connection) if field.is_relation else field.db_type(connection))


def _stored(record_type: RecordType, column: str, value: Any) -> Any:
    field = _model_field(record_type, column)
    if value is None and not field.null and field.empty_strings_allowed:
        return ""
    return value


def _new_value(record_type: RecordType, item: Field, column: str, mode: str) -> str:
    """Return the SQL of the new value: the given one, or the old list with members added or removed."""
    kind = _sql_type(record_type, column)
    if item.kind not in ("choices", "tags") or mode == "set":
        return f"%s::{kind}"
    if mode == "add":
        return f"(SELECT array_agg(DISTINCT x) FROM unnest(coalesce(old_value, '{{}}') || %s::{kind}) AS x)"
    return f"(SELECT coalesce(array_agg(x), '{{}}') FROM unnest(old_value) AS x WHERE NOT (x = ANY(%s::{kind})))"


def _json_sql(record_type: RecordType, item: Field, value: str) -> str:
    """Return the SQL that writes a value as the event log holds it: decimals and instants as text."""
    if item.kind in ("money", "decimal", "percent"):
        return f"to_jsonb({value}::text)"
    if item.kind == "datetime":
        text = f"""to_char({value} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
        return f"to_jsonb(replace({text}, '.000000Z', 'Z'))"
    return f"to_jsonb({value})"


def sample_titles(rows: QuerySet[Any, Any], record_type: RecordType, number: int = 3) -> list[str]:
    """Return the titles of the first few rows, for a confirmation."""
    return [str(title)[:60] for title in rows.order_by("pk").values_list(record_type.title, flat=True)[:number]]
