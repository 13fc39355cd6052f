"""Makes what waits to be made, and drops what lay in the bin for thirty days."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import psycopg
from django.db import Error, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from guanxi.records.registry import find_record_type
from guanxi.records.shaping import live, schema
from guanxi.records.shaping.models import Configuration, CustomField, CustomType, State

log = logging.getLogger(__name__)
KEPT_DAYS = 30


def build() -> None:
    """Make every table and column that is planned, put it into force, then make the indexes.

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
