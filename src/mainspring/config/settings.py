"""Typed settings, read from the environment; what is missing or wrong is said at start."""

import secrets
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()

PACKAGE = Path(__file__).resolve().parent.parent
DATA = Path(env.str("MAINSPRING_DATA", default="var")).resolve()
"""Folder of everything this shop owns: the embedded database, stored files, the secret key."""

DEBUG = env.bool("MAINSPRING_DEBUG", default=False)
PATTERNS = env.bool("MAINSPRING_PATTERNS", default=DEBUG)
"""Whether /psa/patterns shows every component."""
EMBEDDED = "DATABASE_URL" not in env.ENVIRON


def secret_key() -> str:
    """The key from `SECRET_KEY` or `SECRET_KEY_FILE`; the embedded shop makes one on its first start."""
    key = env.str("SECRET_KEY", default="")
    named = env.str("SECRET_KEY_FILE", default="")
    path = Path(named) if named else DATA / "secret_key"
    if key:
        return key
    elif path.exists():
        return path.read_text().strip()
    elif EMBEDDED and not named:
        DATA.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
        return path.read_text()
    else:
        raise ImproperlyConfigured("No secret key: set SECRET_KEY, or SECRET_KEY_FILE to a file that holds one.")


SECRET_KEY = secret_key()

BASE_URL = env.str("MAINSPRING_URL", default="http://localhost:8000").rstrip("/")
"""How the outside reaches us; every link in a mail starts with it."""

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_FAILURE_VIEW = "mainspring.ui.errors.forged"
CSRF_TRUSTED_ORIGINS = [BASE_URL] if BASE_URL.startswith("https://") else []

MODULES = [
    "core",
    "events",
    "ui",
    "outbox",
    "files",
    "accounts",
    "crm",
    "inventory",
    "tickets",
    "work",
    "inbox",
    "billing",
    "notifications",
    "reports",
    "setup",
]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "anymail",
    *(f"mainspring.{name}" for name in MODULES),
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "mainspring.ui.middleware.security_headers",
    "mainspring.ui.middleware.speak_to_person",
    "mainspring.events.origin.remember_origin",
]

CSRF_FAILURE_VIEW = "mainspring.ui.errors.forged"
ROOT_URLCONF = "mainspring.config.urls"
ASGI_APPLICATION = "mainspring.config.asgi.application"
WSGI_APPLICATION = "mainspring.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": False,
        "DIRS": [PACKAGE / name / "templates" for name in MODULES],
        "OPTIONS": {
            "environment": "mainspring.ui.engine.environment",
            "context_processors": ["mainspring.ui.context.frame"],
        },
    },
]

if EMBEDDED:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA / "mainspring.sqlite3",
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
            },
            "TEST": {"NAME": env.str("MAINSPRING_TEST_DATABASE", default=str(DATA / "test.sqlite3"))},
        }
    }
else:
    DATABASES = {"default": env.db("DATABASE_URL")}
    DATABASES["default"].update(CONN_MAX_AGE=600, CONN_HEALTH_CHECKS=True)

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": env.cache("CACHE_URL", default="locmemcache://"),
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BASE_URL.startswith("https://")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/psa/sign-in/"
LOGIN_REDIRECT_URL = "/psa/"
LOGOUT_REDIRECT_URL = "/psa/sign-in/"

ACCOUNT_ADAPTER = "mainspring.accounts.adapter.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key", "reset_password": "20/m/ip,5/m/key"}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("he", "עברית")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "ui" / "static"]
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA / "files"},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

TASKS = {"default": {"BACKEND": "mainspring.events.tasks.LeasedBackend", "QUEUES": []}}

EMAIL_BACKEND = env.str("EMAIL_BACKEND", default="mainspring.outbox.backends.ShownBackend")
"""The embedded default keeps sent mail on a page; set an SMTP or anymail backend to send it."""
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="desk@mainspring.example")
EMAIL_HOST = env.str("EMAIL_HOST", default="localhost")
EMAIL_PORT = env.int("EMAIL_PORT", default=25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=False)
EMAIL_TIMEOUT = 20
ANYMAIL = env.json("ANYMAIL", default={})

X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
}

TEST_PAYMENTS = env.bool("TEST_PAYMENTS", default=(DATA / "demo-people.txt").exists())
"""The embedded test gateway: payments that move no money. For the demo."""
