"""What administrators shape: record types and fields of their own, layouts, rules, and the version of all of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where something shaped stands: its column is being made, it is in use, or it lies in the bin."""

    PLANNED = "planned", _("being set up")
    LIVE = "live", _("in use")
    REMOVED = "removed", _("deleted")


class Configuration(models.Model):
    """One row that grows by one whenever anything shaped changes: every process compares it with what it has loaded."""

    version = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="configuration_is_one")]


class CustomType(models.Model):
    """A record type that an administrator made; its records lie in a table of its own.

    ``labels`` and ``plurals`` hold the words by language: ``{"en": "project", "zh-hans": "项目"}``.
    """

    name = models.CharField(max_length=48, unique=True)
    path = models.CharField(max_length=48, unique=True)
    labels = models.JSONField(default=dict)
    plurals = models.JSONField(default=dict)
    icon = models.CharField(max_length=40, default="box")
    state = models.CharField(max_length=8, choices=State, default=State.PLANNED)
    problem = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True)


class CustomField(models.Model):
    """A field that an administrator added to a record type, ours or one of their own.

    ``labels`` and ``helps`` hold words by language. ``options`` holds what the kind needs: choices, decimals, the type
    a reference points to, the formula, what a roll-up adds up, how numbers look, whether a value is required
    or unique.
    """

    record_type = models.CharField(max_length=48)
    name = models.CharField(max_length=48)
    kind = models.CharField(max_length=16)
    labels = models.JSONField(default=dict)
    helps = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    position = models.IntegerField(default=0)
    state = models.CharField(max_length=8, choices=State, default=State.PLANNED)
    problem = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record_type", "name"], name="custom_field_once")]


class Picklist(models.Model):
    """The choices of a declared field as a company keeps them: renamed, recoloured, in its order, retired, added to.

    ``choices`` are as in the options of a custom field; words that are missing are those of the declaration.
    """

    record_type = models.CharField(max_length=48)
    field = models.CharField(max_length=48)
    choices = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record_type", "field"], name="picklist_once")]


class Layout(models.Model):
    """How the records of one type are laid out where an administrator changed it; what is missing stays as declared.

    ``plan`` may hold ``sections`` (each with ``key``, ``labels``, ``fields``), ``columns``, ``highlights``, ``quick``,
    ``board`` and ``board_card``; ``left`` names fields that were laid aside.
    """

    record_type = models.CharField(max_length=48, unique=True)
    plan = models.JSONField(default=dict)


class ValidationRule(models.Model):
    """A rule that refuses records: where ``condition`` is true, the sentence stands at the field."""

    record_type = models.CharField(max_length=48)
    name = models.CharField(max_length=80)
    condition = models.TextField()
    field = models.CharField(max_length=48, blank=True)
    sentences = models.JSONField(default=dict)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record_type", "name"], name="validation_rule_once")]


class ConfigurationFile(models.Model):
    """A configuration that somebody brought: looked at first, then taken in by the worker.

    ``state`` goes from read to waiting to done or failed; ``outcome`` says how many parts changed, or what was wrong.
    """

    class Step(models.TextChoices):
        READ = "read", _("looked at")
        WAITING = "waiting", _("being taken in")
        DONE = "done", _("taken in")
        FAILED = "failed", _("failed")

    document = models.JSONField()
    file_name = models.CharField(max_length=255)
    actor_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=8, choices=Step, default=Step.READ)
    changed = models.PositiveIntegerField(default=0)
    outcome = models.CharField(max_length=1000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
