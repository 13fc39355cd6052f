"""Why a comment is not posted."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from guanxi.core.errors import DomainError
from guanxi.work.comment.rules import Person


class Unseen(DomainError):
    """Somebody is addressed who may not see the record: asked about before anything is posted."""

    code = "mention_unseen"
    status = 422
    sentence = _("%(names)s can't see this record and won't be told. Post anyway, or take the name out.")

    def __init__(self, people: Sequence[Person]) -> None:
        super().__init__(names=", ".join(person.name for person in people))
        self.people = tuple(people)
