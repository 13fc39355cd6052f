"""Why a file is not taken in, or not given out."""

from django.utils.translation import gettext_lazy as _

from guanxi.core.errors import DomainError


class FileRefused(DomainError):
    """The file can't be kept as it is."""

    code = "file_refused"
    status = 422


class FileTooLarge(DomainError):
    """The file is larger than this installation takes."""

    code = "file_too_large"
    status = 413
    sentence = _("“%(name)s” is larger than %(limit)s. Split it, or ask an administrator to raise the limit.")


class NoSpace(DomainError):
    """The disk is full."""

    code = "no_space"
    status = 507
    sentence = _("There is no room left for files. Ask an administrator to make some; nothing was stored.")


class ContentMissing(DomainError):
    """The record is there, its bytes are not: a backup was restored without its files."""

    code = "content_missing"
    status = 404
    sentence = _("The content of this file is missing. Ask an administrator to bring it back from a backup.")
