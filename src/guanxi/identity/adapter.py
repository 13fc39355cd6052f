"""How django-allauth fits in: nobody signs up by themselves; people are invited."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by administrators only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse public sign-up."""
        return False


class SocialAccounts(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Single sign-on finds existing users by verified e-mail and never makes new ones."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Refuse to create users from an identity provider."""
        return False
