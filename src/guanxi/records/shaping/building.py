"""Makes what waits to be made, and drops what lay in the bin for thirty days."""

from __future__ import annotations

import logging
from contextlib import nullcontext, suppress
from datetime import UTC, datetime, timedelta

import psycopg
from django.db import Error, IntegrityError, connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from guanxi.core.actor import SYSTEM
from guanxi.records.changes import record_change
from guanxi.records.registry import find_record_type
from guanxi.records.shaping import live, schema
from guanxi.records.shaping.kinds import KINDS, declare
from guanxi.records.shaping.models import Configuration, CustomField, CustomType, State
from guanxi.records.sql import rows_of
from guanxi.records.uniqueness import shared_values

log = logging.getLogger(__name__)
KEPT_DAYS = 30


def build() -> None:
    """Make every table and column that is planned, put it into force, then make the indexes.

    What is to be unique, or no longer, is so afterwards.

    What can't be made keeps its problem in words and stays planned. Raises ``psycopg.errors.LockNotAvailable`` where a
    table was busy, so that the job is tried again.
    """
    live.keep_up_now()
    with schema.as_owner() as run:
        for custom in CustomType.objects.filter(state=State.PLANNED).order_by("pk"):
            _make_type(run, custom)
        made = [item for item in CustomField.objects.filter(state=State.PLANNED) if _make_field(run, item)]
        for item in made:
            schema.make_indexes(run, table_holding(item), item)
        _keep_unique(run)


def _make_type(run: schema.type_run, custom: CustomType) -> None:
    schema.make_table(run, live.table_of(custom.name))
    custom.state = State.LIVE
    _saved(custom)


def _make_field(run: schema.type_run, item: CustomField) -> bool:
    """Make the column of a field and put it into force; returns whether that is done."""
    try:
        target = find_record_type(str(item.options.get("reference", "")))
        schema.make_column(run, table_holding(item), item, target.model._meta.db_table if target else "")
    except (psycopg.errors.LockNotAvailable, psycopg.errors.QueryCanceled):
        raise
    except (Error, psycopg.Error, LookupError) as problem:
        log.exception("The field %s.%s could not be made", item.record_type, item.name)
        item.problem = _("The database refused it: %(reason)s") % {"reason": str(problem)[:200]}
        item.save(update_fields=["problem"])
        return False
    item.state, item.problem = State.LIVE, ""
    _saved(item)
    return True


def _keep_unique(run: schema.type_run) -> None:
    """Make the unique indexes that are wanted and not there, and drop those that are there and no longer wanted."""
    wanted, fields = set(), {}
    for item in CustomField.objects.filter(kind__in=[key for key, kind in KINDS.items() if kind.can_be_unique]):
        with suppress(LookupError):
            name = schema.index_of(table_holding(item), item.name)
            fields[name] = item
            if item.state == State.LIVE and item.options.get("unique"):
                wanted.add(name)
    there = _indexes(list(fields))
    for name, item in fields.items():
        table = table_holding(item)
        if name in there and not (name in wanted and there[name]):
            schema.drop_unique(run, table, item)
        if name in wanted and not there.get(name):
            _make_unique(run, table, item)


def _indexes(names: list[str]) -> dict[str, bool]:
    """Return which of these indexes there are, and whether each was finished."""
    sql = "SELECT c.relname, i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
    return {str(name): bool(valid) for name, valid in rows_of(f"{sql} WHERE c.relname = ANY(%s)", [names])}


def _make_unique(run: schema.type_run, table: str, item: CustomField) -> None:
    """Make the unique index of a field; where records came to share a value meanwhile, the field stays as it was."""
    try:
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            schema.make_unique(run, table, item)
    except (IntegrityError, psycopg.errors.UniqueViolation):
        log.info("Records share values of %s.%s, so it isn't unique", item.record_type, item.name)
        schema.drop_unique(run, table, item)
        shared = shared_values(table, declare(item))
        before, after = item.options, {name: value for name, value in item.options.items() if name != "unique"}
        item.options, item.problem = after, (_("Not unique: %(reason)s") % {"reason": shared})[:300]
        with transaction.atomic():
            item.save(update_fields=["options", "problem"])
            record_change(SYSTEM, "custom_field", item.pk, "changed", {"options": (before, after)})
            changed()
        live.load()


def _saved(item: CustomField | CustomType) -> None:
    with transaction.atomic():
        item.save(update_fields=["state", "problem"])
        changed()
    live.load()


def changed() -> None:
    """Have every process load the configuration anew at its next request; call in the transaction that changed it."""
    Configuration.objects.get_or_create(pk=1)
    Configuration.objects.filter(pk=1).update(version=F("version") + 1)


def table_holding(item: CustomField) -> str:
    """Return the table to whose rows a custom field belongs; raises ``LookupError`` where its type is gone."""
    record_type = find_record_type(item.record_type)
    if record_type is None:
        raise LookupError(f"the record type {item.record_type!r} is not there")
    return record_type.model._meta.db_table


def clear(now: datetime | None = None) -> None:
    """Drop the columns and tables of what was deleted more than ``KEPT_DAYS`` days before ``now``, for good."""
    before = (now or datetime.now(UTC)) - timedelta(days=KEPT_DAYS)
    with schema.as_owner() as run:
        for item in CustomField.objects.filter(state=State.REMOVED, removed_at__lt=before):
            record_type = find_record_type(item.record_type)
            if record_type is not None:
                schema.drop_column(run, record_type.model._meta.db_table, item)
            item.delete()
        for custom in CustomType.objects.filter(state=State.REMOVED, removed_at__lt=before):
            schema.drop_table(run, live.table_of(custom.name))
            CustomField.objects.filter(record_type=custom.name).delete()
            custom.delete()
