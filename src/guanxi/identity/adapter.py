"""How django-allauth fits in: people are invited, mail goes through the outbox, secrets are sealed at rest."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy

from guanxi.identity.actors import actor_of
from guanxi.identity.entrance import CHOSEN_LANGUAGE, company_title
from guanxi.identity.sealing import seal, unseal
from guanxi.identity.session.services import end_other_sessions
from guanxi.identity.user.models import User
from guanxi.identity.user.services import change_preferences


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by administrators only."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": gettext_lazy("E-mail and password don't match. Try again or reset your password."),
        "too_many_login_attempts": gettext_lazy("Too many attempts. Wait 15 minutes or reset your password."),
        "incorrect_code": gettext_lazy("This code isn't right, or it was used already. Wait for the next one."),
        "incorrect_password": gettext_lazy("This isn't your password."),
        "enter_current_password": gettext_lazy("This isn't your present password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse public sign-up."""
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the link of a reset mail; its host is the configured one, whatever the request claims."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        path = path.replace("UID-KEY", quote(key))
        return f"{settings.ORIGINS[0]}{path}" if settings.ORIGINS else str(self.request.build_absolute_uri(path))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Go back to the security page after a change of the password."""
        return reverse("settings.security")

    def post_login(self, request: HttpRequest, user: User, **more: Any) -> HttpResponse:
        """Keep the language that the user chose before signing in."""
        language, actor = request.session.pop(CHOSEN_LANGUAGE, ""), actor_of(user.pk)
        if language and actor is not None:
            change_preferences(actor=actor, language=language)
        answer: HttpResponse = super().post_login(request, user, **more)
        return answer

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Write to a user in the user's own language."""
        with translation.override(user.language):
            super().send_password_reset_mail(user, email, {**context, "user": user, "company_title": company_title()})

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tell a user that the way of signing in changed, and end the user's other sessions."""
        end_other_sessions(user, self.request.session.session_key)
        with translation.override(user.language):
            given = {**(context or {}), "user": user, "company_title": company_title()}
            super().send_notification_mail(template_prefix, user, given, email or user.email)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count failures for an account and an address together: nobody locks somebody else out from elsewhere."""
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}:{self.get_client_ip(request)}"


class SocialAccounts(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Single sign-on finds existing users by verified e-mail and never makes new ones."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Refuse to create users from an identity provider."""
        return False

    def authenticate_by_email(self, sociallogin: Any) -> tuple[User, str] | None:
        """Return the user with an address that the provider has verified, and the address.

        The library would wipe the password of a user whose address we haven't verified, because a stranger might have
        signed up with it; here an administrator made the user.
        """
        found: tuple[User, str] | None = super().authenticate_by_email(sociallogin)
        if found:
            EmailAddress.objects.update_or_create(
                user=found[0], email=found[1].lower(), defaults={"verified": True, "primary": True}
            )
        return found


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of authenticators and recovery codes are encrypted with the key of this installation."""

    def encrypt(self, text: str) -> str:
        """Seal a secret before it is stored."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Open a stored secret."""
        return unseal(encrypted_text)
