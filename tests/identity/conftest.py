"""Users who sign in as people do: through the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from pytest_django.fixtures import Settings

from guanxi.core.actor import SYSTEM, Actor
from guanxi.identity.actors import actor_of
from guanxi.identity.company.queries import company
from guanxi.identity.role.services import install_default_roles
from guanxi.identity.user.models import User
from guanxi.identity.user.services import add_user

PASSWORD = "correct horse battery staple"
LOGIN = "/account/login/"
Person = Callable[..., User]


@pytest.fixture(autouse=True)
def clean(db: None, settings: Settings, request: pytest.FixtureRequest) -> None:
    """Roles and company of a new installation, no failed attempts on record, and hashes that cost little."""
    settings.EMAIL_BACKEND = "guanxi.records.outbox.mail.OutboxBackend"
    if request.node.get_closest_marker("full") is None:
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    company()
    install_default_roles()
    cache.clear()


@pytest.fixture
def person() -> Person:
    """Make a user: ``person("mei", "salesperson")``."""

    def make(name: str = "mei", *roles: str, **more: Any) -> User:
        return add_user(
            actor=SYSTEM, email=f"{name}@example.com", name=name.title(), password=PASSWORD,
            role_keys=roles or ("salesperson",), **more,
        )  # fmt: skip

    return make


def browser(**more: Any) -> Client:
    """A browser that checks security tokens as a real one would be checked, at an address of this machine."""
    return Client(enforce_csrf_checks=False, HTTP_HOST="localhost", **more)


def sign_in(client: Client, user: User | str, password: str = PASSWORD, **more: Any) -> HttpResponse:
    """Sign in through the page."""
    email = user if isinstance(user, str) else user.email
    return client.post(LOGIN, {"login": email, "password": password, **more})  # type: ignore[return-value]


def signed_in(user: User) -> Client:
    """A browser in which this user has signed in."""
    client = browser()
    assert sign_in(client, user).status_code == 302
    return client


def as_actor(user: User) -> Actor:
    """The user as a request would have it."""
    found = actor_of(user.pk)
    assert found is not None
    return found
