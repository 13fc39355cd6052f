"""The demo company's data and its sign-ins."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from guanxi.cli.console import Report
from guanxi.cli.django_setup import target
from guanxi.cli.failure import CommandFailed
from guanxi.core.postgres import read_secret, store_secret

_SIGN_INS = "demo-sign-ins"


@dataclass(frozen=True)
class SignIn:
    """How to sign in to the demo company as one role."""

    role: str
    email: str
    password: str


def ensure_loaded(report: Report) -> None:
    """Load the demo company and keep its sign-ins, unless both are there. Raises ``CommandFailed``.

    Data are refused on a database in use. A load that was interrupted is continued or begun anew by the loader.
    """
    from guanxi.identity.company.queries import company

    if company().is_demo and read_secret(_SIGN_INS):
        return
    made = target("guanxi.packs.grocery.load:load_demo")(report)
    if not made:
        raise CommandFailed("The loader of the demo company returned no sign-ins.")
    rows = [asdict(SignIn(str(each.role), str(each.email), str(each.password))) for each in made]
    store_secret(_SIGN_INS, json.dumps(rows))


def sign_ins() -> list[SignIn]:
    """Return one sign-in for each role; empty before the demo company was loaded."""
    stored = read_secret(_SIGN_INS)
    return [SignIn(**row) for row in json.loads(stored)] if stored else []
