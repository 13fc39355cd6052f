"""Routes of sign-in, set-up and settings."""

from django.urls import include, path, re_path
from django.views.decorators.csrf import csrf_exempt

from guanxi.identity import setup_views
from guanxi.identity.company import views as company
from guanxi.identity.profile import views as profile
from guanxi.identity.session import views as session

# People are invited and have one address, so the sign-in library's pages for sign-up and addresses don't exist here.
_NOT_OFFERED = r"^account/(?P<rest>(?:signup|email|confirm-email|social)/.*|3rdparty/(?:signup/)?)$"

urlpatterns = [
    re_path(_NOT_OFFERED, csrf_exempt(session.not_here)),
    path("account/2fa/", session.show_security),
    path("account/2fa/webauthn/", session.show_security),
    path("account/sessions/", session.show_security),
    path("account/", include("allauth.urls")),
    path("setup/<str:token>/", setup_views.show_setup, name="setup"),
    path("settings/", profile.show_settings, name="settings.home"),
    path("settings/profile/", profile.show_profile, name="settings.profile"),
    path("settings/security/", session.show_security, name="settings.security"),
    path("settings/security/sessions/end/", session.end_others, name="settings.sessions.end"),
    path("settings/security/sessions/<int:session_id>/end/", session.end_one, name="settings.session.end"),
    path("settings/company/", company.show_company, name="settings.company"),
]
