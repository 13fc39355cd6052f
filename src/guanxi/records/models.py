"""The base of every record, and the tables of the engine itself: changes, change sets, sources, saved views, mail."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Record(models.Model):
    """A row that people work with: versioned, softly deleted, with its history in ``Change``.

    ``version`` grows by one with every change and guards against lost updates. ``deleted_at`` marks a record in the
    bin; it can be restored for thirty days.
    """

    created_at = models.DateTimeField(_("created"), auto_now_add=True, editable=False)
    updated_at = models.DateTimeField(_("last changed"), auto_now=True, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True


class OwnedRecord(Record):
    """A record with an owner, a team and a territory, which decide who sees it."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner")
    )
    team = models.ForeignKey(
        "identity.Team", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team")
    )
    territory = models.ForeignKey(
        "identity.Territory", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("territory")
    )

    class Meta:
        abstract = True


class SourceSystem(models.Model):
    """Another system that tells us facts: its name stands beside every value that came from it."""

    key = models.SlugField(_("key"), max_length=48, unique=True)
    name = models.CharField(_("name"), max_length=120)
    color = models.CharField(_("color"), max_length=10, default="gray")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class ExternalKey(models.Model):
    """What a source system calls one of our records: makes imports and integrations idempotent.

    The record is held by type and id, not by a foreign key, because one table serves all record types. Source systems
    are never deleted (the database refuses it): looking each up for a million keys would take longer than writing them.
    """

    record_type = models.CharField(max_length=48)
    source = models.ForeignKey(SourceSystem, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    external_id = models.CharField(max_length=200)
    record_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record_type", "source", "external_id"], name="external_key_unique")
        ]
        indexes = [models.Index(fields=["record_type", "record_id"], name="external_key_record")]


class ChangeSet(models.Model):
    """Changes that belong together and can be undone together: an import, a bulk edit, an undo."""

    kind = models.CharField(max_length=24)
    title = models.CharField(max_length=200)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    source = models.ForeignKey(SourceSystem, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    counts = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")


class Change(models.Model):
    """One row of the event log: who changed what, when, from which value to which.

    The table is partitioned by month on ``at`` (see the first migration), so the model is not managed and nothing
    points a foreign key at it. ``fields`` maps a field name to ``[old, new]`` in JSON form.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    record_type = models.CharField(max_length=48)
    record_id = models.BigIntegerField()
    verb = models.CharField(max_length=32)
    fields = models.JSONField(default=dict)
    change_set_id = models.BigIntegerField(null=True)
    via = models.CharField(max_length=16, default="web")

    class Meta:
        managed = False
        db_table = "records_change"


class SavedView(models.Model):
    """A list view that a person saved: filters, sort, columns, layout; private or shared.

    One row of each person and list may be an arrangement instead: the order of the tabs and the one that opens first.
    """

    class Kind(models.TextChoices):
        VIEW = "view"
        ARRANGEMENT = "arrangement"

    record_type = models.CharField(max_length=48)
    name = models.CharField(_("name"), max_length=80)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    is_shared = models.BooleanField(default=False)
    state = models.JSONField(default=dict)
    position = models.IntegerField(default=0)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.VIEW)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["record_type", "owner"], name="saved_view_owner")]
        constraints = [
            models.UniqueConstraint(
                fields=["record_type", "owner"], condition=models.Q(kind="arrangement"), name="saved_view_arrangement"
            )
        ]


class BulkJob(models.Model):
    """A bulk edit or deletion of many rows that the worker does while its person goes on.

    ``posted`` is the form as it was sent, with the signed selection; ``rows`` the number that was agreed to.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    actor_id = models.BigIntegerField()
    record_type = models.CharField(max_length=48)
    verb = models.CharField(max_length=8)
    posted = models.TextField()
    rows = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    change_set_id = models.BigIntegerField(null=True)
    changed = models.BigIntegerField(default=0)
    problem = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["actor_id", "-created_at"], name="bulk_job_actor")]


class OutboundMessage(models.Model):
    """A message that must leave the system, written in the transaction that caused it and sent by the worker.

    States: queued → sending → sent, or back to queued with a later ``not_before`` after a failure, or dead.
    ``unknown`` means the connection broke after the data were handed over: see the outbox for how each kind is
    resolved.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        SENDING = "sending", _("sending")
        SENT = "sent", _("sent")
        UNKNOWN = "unknown", _("unconfirmed")
        DEAD = "dead", _("given up")
        HELD = "held", _("held back")

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=24, default="email")
    purpose = models.CharField(max_length=24, default="transactional")
    recipient = models.CharField(max_length=320)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    provider_id = models.CharField(max_length=200, blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                F("not_before").asc(nulls_first=True), "id", condition=Q(state="queued"), name="outbound_due"
            ),  # in the order in which they leave
            models.Index(fields=["lease_until"], condition=Q(state="sending"), name="outbound_leased"),
        ]


class KeptAnswer(models.Model):
    """The answer to a request that named an ``Idempotency-Key``: the same request sent again gets it instead of a
    repeat.

    ``fingerprint`` is a hash of the request, so that a key used for something else is noticed. Kept for one day.
    """

    actor_id = models.BigIntegerField()
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=bytes)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor_id", "key"], name="kept_answer_once")]
        indexes = [models.Index(fields=["created_at"], name="kept_answer_age")]


class ImportJob(models.Model):
    """One file on its way into the records: its mapping, its progress and what became of each row.

    ``rows_done`` is committed together with the rows of each batch, so a crashed run resumes from there.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        CHECKING = "checking", _("checking")
        CHECKED = "checked", _("checked")
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        PAUSED = "paused", _("paused")
        CANCELLED = "cancelled", _("cancelled")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        UNDOING = "undoing", _("undoing")
        UNDONE = "undone", _("undone")

    record_type = models.CharField(max_length=48)
    file_name = models.CharField(max_length=255)
    file_path = models.CharField(max_length=500)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    source = models.ForeignKey(SourceSystem, models.PROTECT, null=True, related_name="+")
    change_set = models.ForeignKey(ChangeSet, models.PROTECT, null=True, related_name="+")
    description = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    wish = models.CharField(max_length=10, blank=True)
    rows_total = models.BigIntegerField(null=True)
    rows_done = models.BigIntegerField(default=0)
    counts = models.JSONField(default=dict)
    findings = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)


class ImportReject(models.Model):
    """A row that an import refused, as it stood in the file, with the reason."""

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="+", db_index=False)
    row_number = models.BigIntegerField()
    cells = models.JSONField(default=list)
    code = models.CharField(max_length=48)
    column = models.CharField(max_length=200, blank=True)
    params = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["job", "row_number"], name="import_reject_row")]
