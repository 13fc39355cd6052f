"""Settings from the environment; the only place, with ``urls``, that knows every feature.

``GUANXI_DB_ROLE`` chooses the database role (``owner`` for migrations, ``app`` for everything else),
``GUANXI_ORIGINS`` the public addresses (comma-separated), ``GUANXI_SECURE_COOKIES=0`` is for tests over plain HTTP,
``GUANXI_TRUSTED_PROXY`` the number of reverse proxies in front, whose forwarding headers are believed,
``GUANXI_FILE_MAX_MB`` the size up to which files are taken in, ``GUANXI_PUSH_KEY`` the private key (VAPID,
base64url) by which browsers are sent notifications, with ``GUANXI_PUSH_CONTACT`` for their operators.
"""

from __future__ import annotations

import os
from pathlib import Path

from guanxi.config.database import database_settings
from guanxi.config.sign_on import single_sign_on
from guanxi.core import postgres

PACKAGE = Path(__file__).resolve().parent.parent
HOME = postgres.home()

DEBUG = False
SECRET_KEY = postgres.ensure_secret("secret-key", 50)
ORIGINS = [item.strip().rstrip("/") for item in os.environ.get("GUANXI_ORIGINS", "").split(",") if item.strip()]
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *(origin.split("//")[-1].split(":")[0] for origin in ORIGINS)]
CSRF_TRUSTED_ORIGINS = ORIGINS
_HERE = HOME / "address"
PUBLIC_URL = ORIGINS[0] if ORIGINS else _HERE.read_text().rstrip("/") if _HERE.exists() else "http://localhost:8000"
TRUSTED_PROXIES = int(os.environ.get("GUANXI_TRUSTED_PROXY") or 0)

DATABASES = {"default": database_settings(os.environ.get("GUANXI_DB_ROLE", "app"))}
DATABASES["default"]["TEST"] = {"NAME": os.environ.get("GUANXI_TEST_DATABASE", "test_guanxi")}
APPEND_ONLY_TABLES = ("records_change",)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

FEATURES = ["ui", "records", "identity", "catalog", "customers", "work", "insights"]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "procrastinate.contrib.django",
    *(f"guanxi.{name}" for name in FEATURES),
]
MIDDLEWARE = [
    "guanxi.config.security.SecurityHeaders",
    "guanxi.ui.speculation.SpeculationRules",
    "guanxi.config.api_lane.ApiLane",
    "guanxi.config.static_files.StaticFiles",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "guanxi.identity.middleware.ActorMiddleware",
    "guanxi.config.errors.ErrorPages",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
]
ROOT_URLCONF = "guanxi.config.urls"
WSGI_APPLICATION = "guanxi.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": sorted(str(folder) for folder in PACKAGE.glob("**/templates")),
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "guanxi.ui.environment.environment",
            "compiled_folder": HOME / "templates",
            "context_processors": [
                "guanxi.config.shell.shell_context",
                "guanxi.identity.entrance.entrance_context",
            ],
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    },
]
STATIC_URL = "/static/"
STATICFILES_DIRS: list[str] = []
WHITENOISE_ROOT = None
WHITENOISE_USE_FINDERS = False
STATIC_ROOT = PACKAGE / "ui" / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": HOME / "files"}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MEDIA_ROOT = HOME / "files"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
# Found before the catalogues of the libraries, which translate some of the same sentences in other words.
LOCALE_PATHS = [PACKAGE / name / "locale" for name in (*FEATURES, "packs")]
USE_TZ = True
TIME_ZONE = "UTC"

AUTH_USER_MODEL = "identity.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
     "OPTIONS": {"user_attributes": ["email", "name"]}},
]  # fmt: skip
ACCOUNT_ADAPTER = "guanxi.identity.adapter.Accounts"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_RATE_LIMITS = {"login": "600/h/ip", "login_failed": "5/15m/key,100/h/ip"}
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
PASSWORD_RESET_TIMEOUT = 30 * 60
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
MFA_ADAPTER = "guanxi.identity.adapter.SecondFactors"
MFA_TOTP_ISSUER = "Guanxi"
MFA_TOTP_TOLERANCE = 1  # a code typed as its 30 seconds end is still good (RFC 6238, 5.2)
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody signs up: an administrator vouched for the address
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not ORIGINS
SOCIALACCOUNT_ADAPTER = "guanxi.identity.adapter.SocialAccounts"
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_PROVIDERS = single_sign_on(os.environ)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"

SECURE_COOKIES = os.environ.get("GUANXI_SECURE_COOKIES", "1") != "0"
_PREFIX = "__Host-" if SECURE_COOKIES else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_PREFIX}session", f"{_PREFIX}csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 7 * 24 * 3600
CSRF_FAILURE_VIEW = "guanxi.config.errors.csrf_failed"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None
FILE_MAX_BYTES = int(os.environ.get("GUANXI_FILE_MAX_MB") or 25) * 1024 * 1024

CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "identity_cache"}}
EMAIL_BACKEND = "guanxi.records.outbox.mail.OutboxBackend"
DEFAULT_FROM_EMAIL = os.environ.get("GUANXI_MAIL_FROM", "Guanxi <guanxi@localhost>")
SMTP_URL = os.environ.get("GUANXI_SMTP_URL", "")
PUSH_KEY = os.environ.get("GUANXI_PUSH_KEY", "")
PUSH_CONTACT = os.environ.get("GUANXI_PUSH_CONTACT", "mailto:guanxi@localhost")
PUSH_HOSTS = (
    "fcm.googleapis.com", "updates.push.services.mozilla.com", "web.push.apple.com", ".push.services.mozilla.com",
    ".notify.windows.com", ".push.apple.com",
)  # fmt: skip
PROCRASTINATE_ON_APP_READY = "guanxi.config.jobs.ready"
PROCRASTINATE_IMPORT_PATHS = ["guanxi.config.jobs"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": os.environ.get("GUANXI_LOG_LEVEL", "WARNING")},
}
