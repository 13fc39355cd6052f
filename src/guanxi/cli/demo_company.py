"""The demo company's data and its sign-ins."""

from __future__ import annotations

import json
import secrets
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
    """Load the demo company, its scores and one sign-in per role, whichever of them is missing.

    The loader refuses a database in use. Its data come in one transaction; a start that was killed after it finds the
    data without scores or sign-ins, computes the first and makes new ones of the second. Raises ``CommandFailed``.
    """
    from guanxi.core.errors import DomainError
    from guanxi.customers.score.models import ScoreRun
    from guanxi.identity.company.queries import company

    if not company().is_demo:
        try:
            made = target("guanxi.packs.grocery.load:load_demo")(
                lambda done, total, text: report(f"Demo company: {text}", done / total)
            )
        except DomainError as refusal:
            raise CommandFailed(str(refusal)) from refusal
        _keep([SignIn(each.role, each.email, each.password) for each in made])
    if not sign_ins():
        _keep(_new_sign_ins())
    if not ScoreRun._default_manager.filter(is_current=True).exists():
        report("Demo company: computing scores", 0.9)
        target("guanxi.insights.scoring.services:run_scores")()


def _keep(made: list[SignIn]) -> None:
    store_secret(_SIGN_INS, json.dumps([asdict(each) for each in made]))


def _new_sign_ins() -> list[SignIn]:
    """Give one active user of each role a new password."""
    from guanxi.identity.user.models import User

    made: dict[str, SignIn] = {}
    for user in User._default_manager.filter(is_active=True).prefetch_related("roles").order_by("pk"):
        for role in user.roles.all():
            if role.key not in made:
                made[role.key] = SignIn(role.key.replace("-", "_"), user.email, secrets.token_urlsafe(12))
                user.set_password(made[role.key].password)
                user.save(update_fields=["password"])
    return list(made.values())


def sign_ins() -> list[SignIn]:
    """Return one sign-in for each role; empty before the demo company was loaded."""
    stored = read_secret(_SIGN_INS)
    return [SignIn(**row) for row in json.loads(stored)] if stored else []
