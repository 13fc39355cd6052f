"""Taking files in, and taking away what nobody refers to any more."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from guanxi.core.actor import Actor
from guanxi.records import access
from guanxi.records.screens.creating import once
from guanxi.records.writing import create_record, named
from guanxi.ui import formats
from guanxi.work.attachment import store
from guanxi.work.attachment.errors import FileRefused, FileTooLarge
from guanxi.work.attachment.models import Attachment
from guanxi.work.attachment.rules import MAX_NAME, clean_name, media_type_of


def add_file(
    customer_id: int, name: str, read: Callable[[int], bytes], size: int, *, actor: Actor, token: str = ""
) -> Any:
    """Keep a file for a customer and return its record.

    ``read`` gives at most so many bytes of it, nothing at its end; ``size`` is the number of bytes that were announced.
    Where ``token`` (a UUID) came with a file of this customer before, nothing is added and that one's record returned.
    Raises ``NotAllowed`` without the right to create files, ``Invalid`` for a customer that the actor may not see,
    ``FileTooLarge``, ``NoSpace`` and ``FileRefused``; nothing is stored then.
    """
    access.require_may(actor, "create", named("attachment"))
    known, limit = _checked_name(name), int(settings.FILE_MAX_BYTES)
    too_large = FileTooLarge(name=known, limit=formats.bytes_size(limit))
    if size > limit:
        raise too_large
    try:
        with store.arriving(read, limit) as arrived:
            if not arrived.size:
                raise FileRefused(_("“%(name)s” is empty. Choose a file with something in it."), name=known)
            if arrived.size != size:
                raise FileRefused(_("“%(name)s” did not arrive whole. Try again."), name=known)
            return _record(customer_id, known, arrived, actor, token)
    except FileTooLarge:
        raise too_large from None


def sweep_files(now: datetime | None = None) -> int:
    """Take away the bytes of no record, a day after they came; return the number of files.

    Files of records in the bin stay, since these can be restored.
    """
    return store.sweep(_referenced, now or datetime.now(UTC))


def _checked_name(name: str) -> str:
    known = clean_name(name)
    if not known:
        raise FileRefused(_("This file has no name. Give it one, then choose it again."))
    if len(known) > MAX_NAME:
        sentence = _(
            "The name “%(name)s…” is longer than %(limit)s characters. Shorten it, then choose the file again."
        )
        raise FileRefused(sentence, name=known[:40], limit=MAX_NAME)
    return known


def _record(customer_id: int, name: str, arrived: store.Arrived, actor: Actor, token: str) -> Any:
    known = {
        "media_type": media_type_of(name), "size": arrived.size, "sha256": arrived.sha256, "uploaded_by": actor.user_id,
    }  # fmt: skip
    values = {"name": name, "customer": customer_id}

    def create() -> int:
        return int(create_record(named("attachment"), actor=actor, values=values, known=known).pk)

    with transaction.atomic():
        record_id = once(actor, f"file:{customer_id}", token, create)
        store.keep(arrived)
    return Attachment._default_manager.get(pk=record_id)  # access: what this very request or its first sending added


def _referenced(checksums: Collection[str]) -> Collection[str]:
    # access: every row counts, in the bin or following a customer that lies there, since all can be restored
    rows = Attachment._default_manager.filter(sha256__in=list(checksums))
    return set(rows.values_list("sha256", flat=True))
