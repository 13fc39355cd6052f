"""What scoring refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.core.errors import DomainError


class ScoringBusy(DomainError):
    """Another computation is running."""

    code, status = "scoring_busy", 409
    sentence = _("Scores are being computed already. Wait until that run is done.")
