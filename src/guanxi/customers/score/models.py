"""Scores: derived data, always with the run, the version and the day they came from; never mixed with facts."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from guanxi.core.errors import type_text


class ScoreRun(models.Model):
    """One computation of one or several models over all customers at one as-of date.

    ``inputs`` says what went in (rows, sums, newest row), ``results`` what came out for the whole population (tiers,
    whale curve).
    """

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    kind = models.CharField(max_length=48, default="first")
    as_of = models.DateField()
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    versions = models.JSONField(default=dict)
    parameters = models.JSONField(default=dict)
    inputs = models.JSONField(default=dict)
    results = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    is_current = models.BooleanField(default=False)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind"], condition=models.Q(is_current=True), name="score_run_one_current")
        ]


class Score(models.Model):
    """The value of one model for one customer from one run.

    ``rank`` counts from 1 (best); ``percentile`` runs from 0 to 100 (best). ``reasons`` explains the value: a list of
    ``{"code", "value", …}``, whose sentences the screens write in the reader's language.
    """

    # Derived rows come by the million: neither checked against what they came from nor indexed twice.
    run = models.ForeignKey(ScoreRun, models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    model = models.CharField(max_length=48)
    value = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    label = models.CharField(max_length=48, blank=True)
    rank = models.PositiveIntegerField(null=True)
    percentile = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    reasons = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "model", "customer"], name="score_unique")]
        indexes = [models.Index(fields=["customer", "model", "run"], name="score_customer")]


class CustomerFigures(models.Model):
    """The current scores of one customer side by side: a read-only projection that lists, filters and segments use.

    Rewritten as a whole by each run that becomes current. Money in the company's base currency. Empty means unknown.
    """

    class Tier(models.TextChoices):
        PLATINUM = "platinum", _("platinum")
        GOLD = "gold", _("gold")
        IRON = "iron", _("iron")
        LEAD = "lead", _("lead tier")
        NEGATIVE = "negative", _("value-destroying")

    class Rhythm(models.TextChoices):
        ACTIVE = "active", _("on rhythm")
        SLOWING = "slowing", _("slowing")
        DORMANT = "dormant", _("dormant")
        ONE_TIME = "one_time", _("bought once")

    customer = models.OneToOneField(
        "customers.Customer", models.CASCADE, primary_key=True, related_name="figures", verbose_name=_("customer"),
        db_constraint=False,
    )  # fmt: skip
    run = models.ForeignKey(ScoreRun, models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    as_of = models.DateField()
    currency = models.CharField(max_length=3)
    revenue = models.DecimalField(_("revenue, 12 months"), max_digits=18, decimal_places=2, null=True)
    margin = models.DecimalField(_("margin, 12 months"), max_digits=18, decimal_places=2, null=True)
    cost_to_serve = models.DecimalField(_("cost to serve, 12 months"), max_digits=18, decimal_places=2, null=True)
    profit = models.DecimalField(_("profit, 12 months"), max_digits=18, decimal_places=2, null=True)
    value = models.DecimalField(_("value, 12 months"), max_digits=18, decimal_places=2, null=True)
    value_rank = models.PositiveIntegerField(_("value rank"), null=True)
    value_percentile = models.DecimalField(_("value percentile"), max_digits=6, decimal_places=3, null=True)
    tier = models.CharField(_("value tier"), max_length=10, choices=Tier, blank=True)
    recency_days = models.PositiveIntegerField(_("days since last purchase"), null=True)
    purchases = models.PositiveIntegerField(_("purchases"), null=True)
    monetary = models.DecimalField(_("revenue, all time"), max_digits=18, decimal_places=2, null=True)
    rfm = models.CharField(_("RFM"), max_length=3, blank=True)
    rfm_nested = models.CharField(_("RFM, nested"), max_length=3, blank=True)
    rhythm = models.CharField(_("rhythm"), max_length=8, choices=Rhythm, blank=True)
    silence_ratio = models.DecimalField(_("silence against own rhythm"), max_digits=10, decimal_places=3, null=True)
    expected_next = models.DateField(_("next purchase expected"), null=True)
    first_purchase_at = models.DateTimeField(_("first purchase"), null=True)
    last_purchase_at = models.DateTimeField(_("last purchase"), null=True)

    class Meta:
        indexes = [
            models.Index(fields=["value", "customer"], name="figures_value"),
            models.Index(fields=["profit", "customer"], name="figures_profit"),
            models.Index(fields=["revenue", "customer"], name="figures_revenue"),
            models.Index(fields=["value_rank", "customer"], name="figures_rank"),
            models.Index(fields=["tier", "value", "customer"], name="figures_tier"),
            models.Index(fields=["last_purchase_at", "customer"], name="figures_last"),
            models.Index(fields=["rhythm", "value", "customer"], name="figures_rhythm"),
        ]

    @classmethod
    def label_of(cls, name: str) -> type_text:
        """Return the label of a figure; raises ``FieldDoesNotExist`` for a name that isn't one."""
        label: type_text = getattr(cls._meta.get_field(name), "verbose_name", name)
        return label
