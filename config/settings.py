"""Sounding Board's settings: everything that differs between installations comes from the environment."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_email_url

from config import env

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.text("DATA_DIR", str(BASE_DIR / "var")))
os.umask(0o077)  # databases, mail and key file are nobody else's, whoever starts what
DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)

DEBUG = env.flag("DEBUG", True)
SECRET_KEY = env.secret("DJANGO_SECRET_KEY", embedded="embedded-development-key" if DEBUG else None)
SITE_URL = env.text("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
SITE_HOST, SITE_SCHEME = env.origin(SITE_URL)
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", f"{SITE_HOST},localhost,127.0.0.1" if DEBUG else SITE_HOST)
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "accounts",  # before the next, whose command for setting anybody's password it takes away
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "channels",
    "csp",
    "django.forms",  # whose templates ours take the place of
    "django_htmx",
    "huey.contrib.djhuey",
    "taggit",
    "anonymity",
    "forum",
    "moderation",
    "config",  # backup and restore
]
# Off, there is nothing of it: no table, page or template, and no act of the vault.
ANON_BREAK_GLASS = env.flag("ANON_BREAK_GLASS", False)
if ANON_BREAK_GLASS:
    INSTALLED_APPS.append("breakglass")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.response_headers",
    "config.middleware.see_other",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.middleware.own_not_found",
    "config.middleware.RefusalMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "forum.views.context.every_page",
            ],
            "builtins": ["forum.templatetags.forum", "django.templatetags.static"],
        },
    }
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

if ANON_BREAK_GLASS:
    TEMPLATES[0]["OPTIONS"]["context_processors"].append("breakglass.views.context.every_page")

# Stores -----------------------------------------------------------------------------------------
DATABASES = {
    "default": env.database("DATABASE_URL", file=DATA_DIR / "board.sqlite3", pragmas=env.MAIN_PRAGMAS),
    # Every signed-in page asks the vault, and goes without it rather than wait for it.
    "vault": env.database(
        "VAULT_DATABASE_URL", file=DATA_DIR / "vault.sqlite3", pragmas=env.VAULT_PRAGMAS, patience=2
    ),
}
DATABASE_ROUTERS = ["config.router.VaultRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ANON_KEYRING_FILE = Path(env.text("ANON_KEYRING_FILE", str(DATA_DIR / "keys" / "anon-keyring.json")))
AUDIT_KEY_FILE = Path(env.text("AUDIT_KEY_FILE", str(ANON_KEYRING_FILE.with_name("audit.key"))))
AUDIT_HEADS_FILE = DATA_DIR / "audit-heads.log"
ANON_KEY_GRACE = timedelta(days=int(env.text("ANON_KEY_GRACE", "7")))  # a replaced key still opens backups

REDIS_URL = env.text("REDIS_URL")
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},  # counted tries: at Django's 300, others' would push them out
    },
    # What is asked for on every page, and visitors' pages: in each process, so neither waits for Redis.
    "local": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "local",
        "OPTIONS": {"MAX_ENTRIES": 600},  # some three hundred are tags
    },
}
if REDIS_URL:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {
                "hosts": [env.redis_host(REDIS_URL)],
                "capacity": 100,
                "symmetric_encryption_keys": [SECRET_KEY],
            },
        }
    }
    CACHES["default"] = env.redis_cache(REDIS_URL)
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "config.layer.InThisProcess"}}

HUEY = {
    "name": "sounding-board",
    "huey_class": "huey.RedisHuey" if REDIS_URL else "huey.SqliteHuey",
    "results": False,  # a stored result is one more copy of what should not be kept
    "immediate": False,
    "connection": {"connection_pool": env.redis_pool(REDIS_URL)} if REDIS_URL else {},
    "consumer": {"workers": 1, "scheduler_interval": 1},
}
if not REDIS_URL:
    HUEY["filename"] = str(DATA_DIR / "jobs.sqlite3")

# People -----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["accounts.backend.AccountBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = "accounts.adapter.display_name"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {"login": "accounts.login.LoginForm"}
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupForm"
ACCOUNT_SIGNUP_FORM_HONEYPOT_FIELD = "website"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Sounding Board] "
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = True
ALLAUTH_TRUSTED_PROXY_COUNT = int(env.text("TRUSTED_PROXIES", "0"))
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
ANONYMOUS_LOCK_DAYS = int(env.text("ANONYMOUS_LOCK_DAYS", "7"))  # after a reset of somebody's credentials
# The embedded installation shows moderators' pages to the demo log-ins without a telephone at hand.
SECOND_FACTOR_FOR_MODERATORS = not DEBUG

SESSION_ENGINE = "config.sessions"
SESSION_COOKIE_AGE = 14 * 24 * 3600
MODERATOR_SESSION_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "accounts.views.kept.csrf_failure"

# Limits (product defaults) ----------------------------------------------------------------------
THREADS_A_DAY = 3
REPLIES_A_DAY = 20
FLAGS_A_DAY = 10
MAILS_A_DAY = 6  # of notices; a digest is not counted
# Under one of these, a text is published once two moderators have agreed.
TWO_MODERATORS_TOPICS = env.names("TWO_MODERATORS_TOPICS", "colleague-conduct,impaired-colleague")
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400  # a profile may name every state of a country
FILE_UPLOAD_HANDLERS: list[str] = []  # there are no uploads: file parts are dropped

# Language and time ------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True

# Static files -----------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    }
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG

# Mail -------------------------------------------------------------------------------------------
_email = dj_email_url.parse(env.text("EMAIL_URL", f"file:///{DATA_DIR / 'mail'}"))
EMAIL_BACKEND = _email["EMAIL_BACKEND"]
EMAIL_FILE_PATH = _email["EMAIL_FILE_PATH"]
EMAIL_HOST, EMAIL_PORT = _email["EMAIL_HOST"], _email["EMAIL_PORT"] or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_USER"], _email["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS, EMAIL_USE_SSL = _email["EMAIL_USE_TLS"], _email["EMAIL_USE_SSL"]
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = _email.get("DEFAULT_FROM_EMAIL") or f"Sounding Board <board@{SITE_HOST}>"
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Browser security -------------------------------------------------------------------------------
_nothing, _self = ["'none'"], ["'self'"]
_policy: dict[str, list[str] | bool] = {
    "default-src": _nothing,
    "script-src": _self,
    "style-src": _self,
    "img-src": _self,
    "font-src": _self,
    "connect-src": _self,
    "manifest-src": _self,
    "form-action": _self,
    "base-uri": _nothing,
    "frame-ancestors": _nothing,
}
CONTENT_SECURITY_POLICY = {"DIRECTIVES": _policy}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if not DEBUG:
    SECURE_SSL_REDIRECT = env.flag("SSL_REDIRECT", True)
    if ALLAUTH_TRUSTED_PROXY_COUNT:  # without a proxy, anybody may send this header
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    _policy["upgrade-insecure-requests"] = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "config.logs.WithoutWords"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        "huey": {"handlers": ["console"], "level": "WARNING", "propagate": False},  # else it adds its own
        "moderation.audit_check": {"level": "INFO"},  # where the record ends, once a day
    },
}
DEFAULT_EXCEPTION_REPORTER = "config.reports.WithoutWords"
