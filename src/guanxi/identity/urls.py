"""Routes of sign-in, set-up and settings."""

from django.urls import include, path, re_path
from django.views.decorators.csrf import csrf_exempt

from guanxi.identity import setup_views
from guanxi.identity.administration import change_views as changes
from guanxi.identity.administration import job_views as jobs
from guanxi.identity.administration import outbox_views as outbox
from guanxi.identity.administration import source_views as sources
from guanxi.identity.company import views as company
from guanxi.identity.password_link import views as password_link
from guanxi.identity.profile import views as profile
from guanxi.identity.role import views as role
from guanxi.identity.session import views as session
from guanxi.identity.user import views as user

# People are invited and have one address, so the sign-in library's pages for sign-up and addresses don't exist here.
_NOT_OFFERED = r"^account/(?P<rest>(?:signup|email|confirm-email|social)/.*|3rdparty/(?:signup/)?)$"

urlpatterns = [
    re_path(_NOT_OFFERED, csrf_exempt(session.not_here)),
    path("account/2fa/", session.show_security),
    path("account/2fa/webauthn/", session.show_security),
    path("account/sessions/", session.show_security),
    path("account/", include("allauth.urls")),
    path("setup/<str:token>/", setup_views.show_setup, name="setup"),
    path("password/<str:token>/", password_link.show_password_link, name="password_link"),
    path("settings/", profile.show_settings, name="settings.home"),
    path("settings/profile/", profile.show_profile, name="settings.profile"),
    path("settings/security/", session.show_security, name="settings.security"),
    path("settings/security/sessions/end/", session.end_others, name="settings.sessions.end"),
    path("settings/security/sessions/<int:session_id>/end/", session.end_one, name="settings.session.end"),
    path("settings/company/", company.show_company, name="settings.company"),
    path("settings/users/", user.show_users, name="settings.users"),
    path("settings/users/new/", user.new_user, name="settings.user.new"),
    path("settings/users/<int:user_id>/", user.show_user, name="settings.user"),
    path("settings/users/<int:user_id>/sights/", user.show_sights, name="settings.user.sights"),
    path("settings/users/<int:user_id>/link/", user.send_link, name="settings.user.link"),
    path("settings/users/<int:user_id>/factors/", user.reset_second_factors, name="settings.user.factors"),
    path("settings/roles/", role.show_roles, name="settings.roles"),
    path("settings/roles/new/", role.new_role, name="settings.role.new"),
    path("settings/roles/<int:role_id>/", role.show_role, name="settings.role"),
    path("settings/roles/<int:role_id>/delete/", role.remove_role, name="settings.role.delete"),
    path("settings/sources/", sources.show_sources, name="settings.sources"),
    path("settings/sources/new/", sources.new_source, name="settings.source.new"),
    path("settings/sources/<int:source_id>/", sources.edit_source, name="settings.source"),
    path("settings/outbox/", outbox.show_outbox, name="settings.outbox"),
    path("settings/outbox/hold/", outbox.hold, name="settings.outbox.hold"),
    path("settings/outbox/release/", outbox.release, name="settings.outbox.release"),
    path("settings/outbox/<int:message_id>/retry/", outbox.send_again, name="settings.outbox.retry"),
    path("settings/outbox/<int:message_id>/withdraw/", outbox.withdraw, name="settings.outbox.withdraw"),
    path("settings/jobs/", jobs.show_jobs, name="settings.jobs"),
    path("settings/jobs/<int:job_id>/again/", jobs.run_again, name="settings.job.again"),
    path("settings/changes/", changes.show_changes, name="settings.changes"),
]
