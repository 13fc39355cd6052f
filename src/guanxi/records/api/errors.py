"""What the API refuses before it looks at any record."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.core.errors import DomainError


class Malformed(DomainError):
    """The request could not be read."""

    code = "malformed"
    status = 400
    sentence = _("The request could not be read.")


class MethodRefused(DomainError):
    """This address doesn't answer to this method; ``allowed`` names those it does."""

    code = "method"
    status = 405
    sentence = _("This address answers to %(allowed)s only.")


class BodyTooLarge(DomainError):
    """The body is larger than the limit."""

    code = "too_large"
    status = 413
    sentence = _("Send at most %(limit)s bytes at once.")


class NotJson(DomainError):
    """The body isn't declared to be JSON."""

    code = "media_type"
    status = 415
    sentence = _("Send JSON, with the header Content-Type: application/json.")


class KeyReused(DomainError):
    """An idempotency key was sent again with a different request."""

    code = "idempotency_key_reused"
    status = 422
    sentence = _("This Idempotency-Key was used for another request. Choose a new one.")
