"""Who may have scores computed, the steps of a run, and the names under which its models are stored."""

from __future__ import annotations

from datetime import datetime

from guanxi.analytics.settings import ScoreSettings
from guanxi.analytics.standing import TieRule
from guanxi.core.actor import Actor
from guanxi.core.errors import NotAllowed
from guanxi.customers.score.models import ScoreRun

STEPS = ("read", "compute", "store")
LOCK = 0x5C_07E5  # the advisory lock that a run holds; a run without it was killed
EARLIER_TIERS = "pyramid_before"


def may_score(actor: Actor) -> bool:
    """Say whether the actor may have scores computed."""
    return actor.is_system or actor.is_administrator or actor.may("score", "customer")


def require_scoring(actor: Actor) -> None:
    """Refuse unless the actor may have scores computed (raises ``NotAllowed``)."""
    if not may_score(actor):
        raise NotAllowed


def settings_of(run: ScoreRun) -> ScoreSettings:
    """Return the settings with which a finished run was computed."""
    kept = run.parameters
    return ScoreSettings(
        time_zone=kept["time_zone"], value_months=kept["value_months"], rfm_months=kept["rfm_months"],
        ties=TieRule(kept["ties"]),
    )  # fmt: skip


def instant_of(run: ScoreRun) -> datetime:
    """Return the instant before which facts counted in a finished run."""
    return datetime.fromisoformat(run.parameters["instant"])
