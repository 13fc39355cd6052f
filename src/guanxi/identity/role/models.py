"""Roles: what their holders may do with which records and fields."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from guanxi.records.models import Record


class Role(Record):
    """A set of permissions.

    ``permissions`` maps record type (or ``*``) → verb (or ``*``) → scope name (``own``, ``team``, ``territory``,
    ``all``). ``hidden_fields`` and ``locked_fields`` map record type → field names. A user with several roles
    may do what any of them allows; a field is hidden only when every role of the user hides it.
    """

    key = models.SlugField(_("key"), max_length=48, unique=True)
    name = models.CharField(_("name"), max_length=80)
    description = models.CharField(_("description"), max_length=300, blank=True)
    is_administrator = models.BooleanField(_("administrator"), default=False)
    permissions = models.JSONField(_("permissions"), default=dict, blank=True)
    hidden_fields = models.JSONField(_("hidden fields"), default=dict, blank=True)
    locked_fields = models.JSONField(_("read-only fields"), default=dict, blank=True)

    def __str__(self) -> str:
        return self.name
