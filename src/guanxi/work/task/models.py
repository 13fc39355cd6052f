"""Tasks: what somebody has promised to do until when."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guanxi.records.models import OwnedRecord


class Task(OwnedRecord):
    """Something to be done by its owner, usually about a customer."""

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        DOING = "doing", _("in progress")
        WAITING = "waiting", _("waiting")
        DONE = "done", _("done")

    class Priority(models.TextChoices):
        LOW = "low", _("low")
        NORMAL = "normal", _("normal")
        HIGH = "high", _("high")

    subject = models.CharField(_("subject"), max_length=200)
    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("customer"),
        db_index=False,
    )  # fmt: skip
    status = models.CharField(_("status"), max_length=48, choices=Status, default=Status.OPEN)
    priority = models.CharField(_("priority"), max_length=48, choices=Priority, default=Priority.NORMAL)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True, editable=False)
    description = models.TextField(_("description"), blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["owner", "due_at", "id"], condition=Q(deleted_at=None), name="task_owner_due"),
            models.Index(fields=["customer", "status"], name="task_customer"),
            models.Index(fields=["status", "due_at", "id"], condition=Q(deleted_at=None), name="task_status"),
        ]

    def __str__(self) -> str:
        return self.subject
