"""The rows chosen in a list, on their way through a dialog: signed, so that the server decides what “all” means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.http import QueryDict
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.core.errors import DomainError, Invalid
from guanxi.records.bulk import MAX_IDS, Selection
from guanxi.records.declaration import RecordType
from guanxi.records.screens.asked import open_listing
from guanxi.records.screens.state import ListState

_SALT = "guanxi.selection"
VALID_S = 3600


@dataclass(frozen=True, slots=True)
class Chosen:
    """A selection with the words it was made by: ids, or the state of a list."""

    ids: tuple[int, ...] = ()
    where: str | None = None

    def selection(self, record_type: RecordType, actor: Actor) -> Selection:
        """Return the rows meant, as this actor may see them now; raises ``Invalid`` for a filter that is refused."""
        if self.where is None:
            return Selection(self.ids)
        found = open_listing(record_type, actor, ListState.read(QueryDict(self.where)).first_page())
        return Selection(query=found.query)

    def token(self, record_type: RecordType, actor: Actor, count: int) -> str:
        """Return the selection signed for this actor, with the number of rows that was shown."""
        body: dict[str, Any] = {"t": record_type.name, "u": actor.user_id, "n": count}
        body["w" if self.where is not None else "i"] = self.where if self.where is not None else list(self.ids)
        return signing.dumps(body, salt=_SALT, compress=True)


def read_chosen(params: QueryDict) -> Chosen:
    """Return the selection that a list sends: ``all`` with ``where`` (the state of the list), or several ``id``."""
    if params.get("all") == "1":
        return Chosen(where=params.get("where", "")[:8000])
    ids = tuple(dict.fromkeys(int(text) for text in params.getlist("id") if text.isdecimal() and len(text) < 19))
    if not ids:
        raise Invalid({"": [_("Choose at least one row.")]})
    return Chosen(ids[:MAX_IDS])


def read_token(record_type: RecordType, actor: Actor, token: str) -> tuple[Chosen, int]:
    """Return the selection of a token and the number of rows that the reader agreed to.

    Raises ``DomainError`` for a token that is too old or was made for somebody else.
    """
    try:
        body = signing.loads(token, salt=_SALT, max_age=VALID_S)
        if body["t"] != record_type.name or body["u"] != actor.user_id:
            raise signing.BadSignature
    except (signing.BadSignature, KeyError, TypeError) as error:
        raise DomainError(_("The selection is no longer valid. Choose the rows again.")) from error
    return Chosen(tuple(body.get("i", ())), body.get("w")), int(body["n"])
