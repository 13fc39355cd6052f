"""Why work in the background had to stop, as its person reads it: refusals say it themselves, faults get a number."""

from __future__ import annotations

import logging
import secrets

from django.utils import translation
from django.utils.translation import gettext as _

from guanxi.core.errors import DomainError, NotAllowed
from guanxi.records.importing.surroundings import acting

log = logging.getLogger(__name__)


def reason_for(error: Exception, user_id: int | None, work: str) -> str:
    """Return why ``work`` stopped, in the language of the user who asked for it.

    A refusal speaks for itself, without the names of fields. Anything else is a fault: it is logged under a reference,
    and that is all a person is told of it.
    """
    with translation.override(_language_of(user_id)):
        if isinstance(error, DomainError):
            return error.words
        reference = secrets.token_hex(3).upper()
        log.error("reference %s on %s", reference, work, exc_info=error)
        stopped = _("Something went wrong on our side. Try again, or tell your administrator (ref %(ref)s).")
        return stopped % {"ref": reference}


def _language_of(user_id: int | None) -> str:
    try:
        return acting(user_id).language
    except NotAllowed:  # who asked is no longer there
        return "en"
