"""Who a session belongs to, found and checked in one query at every request."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from importlib import import_module
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

from guanxi.core.actor import Actor
from guanxi.identity.actors import actor_of
from guanxi.records.shaping.live import keep_up
from guanxi.records.statements import ask

_SQL = """SELECT s.session_data, u.password, c.access_version,
                 u.name, u.email, u.theme, u.density, u.shortcuts, c.name, c.native_name, g.version
          FROM django_session s
          LEFT JOIN identity_user u ON u.id = %s AND u.is_active AND u.deleted_at IS NULL
          LEFT JOIN identity_company c ON c.id = 1
          LEFT JOIN records_configuration g ON g.id = 1
          WHERE s.session_key = %s AND s.expire_date > now()"""
_SALT = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
_MOST = 10_000


class Reader(NamedTuple):
    """What the frame shows of a signed-in user and of the company, as it was when the request came in."""

    name: str
    email: str
    theme: str
    density: str
    shortcuts: bool
    company: str
    native_name: str


@dataclass(frozen=True, slots=True)
class _Read:
    """A session as it was decoded once; good only as long as the database still holds exactly these data."""

    data: str
    user_id: int
    digest: str
    names: frozenset[str]


_READ: OrderedDict[str, _Read] = OrderedDict()


def session_actor(request: HttpRequest) -> Actor | None:
    """Return the actor of the request's session, or None.

    What the session holds is put on the request as ``session_names``, so that most pages need not read it again, and
    what the frame of pages shows of the reader as ``reader``.
    The session, the user, the state of all permissions and of what administrators shaped are asked of the database at
    every request, so that a session ended, a password changed or a user deactivated elsewhere counts at once.
    """
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    if not key or len(key) > 40 or not key.isalnum():
        return None
    known = _READ.get(key)
    row = _ask(key, known.user_id if known else None)
    if row is not None and (known is None or known.data != row[0]):
        known = _decoded(row[0])
        row = _ask(key, known.user_id) if known else None
    if row is None or known is None or known.data != row[0] or row[1] is None or row[2] is None:
        _READ.pop(key, None)
        return None
    expected = salted_hmac(_SALT, row[1], algorithm="sha256").hexdigest()
    if not constant_time_compare(known.digest, expected):
        return None
    request.session_names = known.names  # type: ignore[attr-defined]
    request.reader = Reader(*row[3:-1])  # type: ignore[attr-defined]
    _READ[key] = known
    if len(_READ) > _MOST:
        _READ.popitem(last=False)
    keep_up(row[-1] or 0)
    return actor_of(known.user_id, row[2])


def _ask(key: str, user_id: int | None) -> tuple[Any, ...] | None:
    return next(iter(ask(_SQL, [user_id, key])), None)


def _decoded(data: str) -> _Read | None:
    values = import_module(settings.SESSION_ENGINE).SessionStore().decode(data)
    user_id = values.get(SESSION_KEY)
    if user_id is None:
        return None
    return _Read(data, int(user_id), values.get(HASH_SESSION_KEY, ""), frozenset(values))
