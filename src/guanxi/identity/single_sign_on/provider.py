"""The provider of django-allauth with the checks that it leaves out.

The library skips the signature of a token that it fetched itself, sends no nonce and never compares the person of the
token with the one of the profile. OpenID Connect Core 1.0 asks for the last two (3.1.3.7 and 5.3.2) and allows the
first only over TLS, which an address inside a company may lack.
"""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac


def nonce_of(state: str) -> str:
    """Return the nonce that belongs to a state; the state is random, kept in the session and good for one answer."""
    return salted_hmac("guanxi.single_sign_on.nonce", state, algorithm="sha256").hexdigest()


class NonceClient(OAuth2Client):  # type: ignore[misc]
    """Sends a nonce with the question."""

    def get_redirect_url(self, authorization_url: str, scope: list[str], extra_params: dict[str, Any]) -> str:
        """Return the address at which the provider asks who somebody is."""
        return str(super().get_redirect_url(authorization_url, scope, {**extra_params, "nonce": nonce_of(self.state)}))


class CheckedAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """Believes a token only with its signature, issuer, audience, age and nonce, and a profile only of its person."""

    client_class = NonceClient

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        """Return who signs in; raises ``OAuth2Error``, which the callback shows as a refusal."""
        claims = self._checked_claims(app, str(kwargs["response"].get("id_token") or ""))
        if not constant_time_compare(str(claims.get("nonce") or ""), nonce_of(request.GET.get("state", ""))):
            raise OAuth2Error("The token answers another question.")
        data = {"id_token": claims}
        if "userinfo_endpoint" in self.openid_config:
            data["userinfo"] = self._fetch_user_info(token.token)
            if data["userinfo"].get("sub") != claims["sub"]:
                raise OAuth2Error("The profile is of another person than the token.")
        return self.get_provider().sociallogin_from_response(request, data)

    def _checked_claims(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        try:
            claims: dict[str, Any] = jwtkit.verify_and_decode(
                credential=id_token, keys_url=self.openid_config["jwks_uri"], issuer=self.openid_config["issuer"],
                audience=app.client_id, lookup_kid=jwtkit.lookup_kid_jwk,
            )  # fmt: skip
        except (KeyError, TypeError, ValueError) as error:
            raise OAuth2Error("The token can't be read.") from error
        if not (claims.get("sub") and claims.get("exp")):
            raise OAuth2Error("The token names no person or no end.")
        return claims


class CheckedProvider(OpenIDConnectProvider):  # type: ignore[misc]
    """OpenID Connect with the checked adapter."""

    oauth2_adapter_class = CheckedAdapter
