"""Registers what insights adds to lower features."""

from django.utils.translation import gettext_lazy as _

from guanxi.customers.score.models import ScoreRun
from guanxi.insights.scoring import listeners
from guanxi.insights.value import panels
from guanxi.records.registry import Subject, add_subject

add_subject(Subject("score_run", _("run of scores"), ScoreRun, {"as_of": _("as of")}, "value.run"))

__all__ = ["listeners", "panels"]
