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
if EMBEDDED:
    DATA.mkdir(parents=True, exist_ok=True)


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
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
        return path.read_text()
    else:
        raise ImproperlyConfigured("No secret key: set SECRET_KEY, or SECRET_KEY_FILE to a file that holds one.")


SECRET_KEY = secret_key()
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
"""Secret keys from before: what was signed under them is still known."""

MASTER_KEY = env.str("MASTER_KEY", default="", multiline=True)
MASTER_KEY_COMMAND = env.str("MASTER_KEY_COMMAND", default="")
MASTER_KEY_FILE = env.str("MASTER_KEY_FILE", default="")
"""Where the keys of the vault and the backups are (core/keyring.py): here, from a command, or in a file, which is
`master.key` beside the data when nothing is said."""

DOMAIN = env.str("MAINSPRING_DOMAIN", default="").strip().lower()
"""The shop's domain (`shop.example`): www., psa., portal. and api. of it are ours. Without one: paths."""

SCHEME = env.str("MAINSPRING_SCHEME", default="https") if DOMAIN else ""
BASE_URL = (
    f"{SCHEME}://www.{DOMAIN}" if DOMAIN else env.str("MAINSPRING_URL", default="http://localhost:8000").rstrip("/")
)
"""How the outside reaches the public site, and without a domain everything else; links in mails start with it."""

SURFACES = {name: f"{name}.{DOMAIN}" for name in ("www", "psa", "portal", "api")} if DOMAIN else {}
SEEN_FROM_PORTAL = "mainspring.config.seen_from_portal"
SURFACE_ROUTES = {name: f"mainspring.config.hosts.{name}" for name in ("www", "psa", "portal", "api")}
IS_HTTPS = BASE_URL.startswith("https://")
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=bool(DOMAIN))
"""Whether a proxy of ours stands in front, whose word on the visitor's address and on TLS is taken."""

ALLOW_PRIVATE = env.bool("MAINSPRING_ALLOW_PRIVATE", default=False)
"""Whether places that people type (a mail server) may be inside a private network or on this machine."""

OUR_HOSTS = (
    [host.partition(":")[0] for host in (DOMAIN, *SURFACES.values())] if DOMAIN else ["localhost", "127.0.0.1", "[::1]"]
)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=OUR_HOSTS)
CSRF_TRUSTED_ORIGINS = [f"{SCHEME}://{host}" for host in SURFACES.values()] or ([BASE_URL] if IS_HTTPS else [])

MODULES = [
    "core",
    "events",
    "ui",
    "outbox",
    "files",
    "api",
    "accounts",
    "backups",
    "health",
    "crm",
    "inventory",
    "knowledge",
    "tickets",
    "work",
    "vault",
    "inbox",
    "surveys",
    "billing",
    "estimates",
    "notifications",
    "webhooks",
    "reports",
    "setup",
    "website",
    "privacy",
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
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.github",
    "anymail",
    *(f"mainspring.{name}" for name in MODULES),
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "mainspring.config.surfaces.by_host",
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
    "mainspring.accounts.entering.remember_sitting",
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
            "ENGINE": "mainspring.core.sqlite",
            "NAME": DATA / "mainspring.sqlite3",
            "OPTIONS": {
                "timeout": 20,
                # By a map of the file: the pages that a connection holds are out of date whenever another has written.
                "init_command": "PRAGMA mmap_size=1073741824; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
                "PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON;",
            },
            "CONN_MAX_AGE": 600,
            "TEST": {"NAME": env.str("MAINSPRING_TEST_DATABASE", default=str(DATA / "test.sqlite3"))},
        }
    }
else:
    DATABASES = {"default": env.db("DATABASE_URL") | {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}}
    if env.bool("DATABASE_POOLED", default=False):  # a pooler that gives each transaction another connection
        DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
    else:  # a query that comes again is planned once a connection, and most of a page's are
        options = env.db("DATABASE_URL").get("OPTIONS", {})
        DATABASES["default"]["OPTIONS"] = {"server_side_binding": True, "prepare_threshold": 5, **options}

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": env.cache("CACHE_URL", default="locmemcache://"),
}
SESSION_ENGINE = "mainspring.accounts.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_NAME = "__Host-session" if IS_HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrf" if IS_HTTPS else "csrftoken"
"""Each host has its own session: with this prefix no neighbouring host can set one (RFC 6265bis, 4.1.3.2)."""
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_SSL_REDIRECT = IS_HTTPS and BEHIND_PROXY
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_SUBDOMAINS", default=False)
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
"""HSTS for all of a domain's hosts, and preloaded, is the domain's owner to decide: it breaks what has no TLS."""

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["mainspring.accounts.sessions.PersonBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "dashboard"
LOGOUT_REDIRECT_URL = "account_login"

ACCOUNT_ADAPTER = "mainspring.accounts.adapter.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
PASSWORD_RESET_TIMEOUT = 60 * 60 * 24
ACCOUNT_RATE_LIMITS = False
"""Ours are counted in the database (accounts/limits.py): allauth's live in the cache, one a process."""
MFA_ADAPTER = "mainspring.accounts.adapter.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RATE_LIMITS = False
MFA_FORMS = {
    "authenticate": "mainspring.accounts.forms.SecondStepForm",
    "authenticate_webauthn": "mainspring.accounts.forms.PasskeyStepForm",
    "login_webauthn": "mainspring.accounts.forms.PasskeyEntryForm",
}
SOCIALACCOUNT_ADAPTER = "mainspring.accounts.adapter.OtherHouses"
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True}, "github": {"OAUTH_PKCE_ENABLED": True}}

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
EMAIL_USE_SSL = env.bool("EMAIL_USE_SSL", default=False)
EMAIL_TIMEOUT = 20
MAIL_CHECKED_BY = env.str("MAIL_CHECKED_BY", default="")
"""The server that checks the senders of what comes by `mainspring mail receive`; see docs/mail.md."""
ANYMAIL: dict[str, object] = env.json("ANYMAIL", default={})
"""Keys of the mail provider; WEBHOOK_SECRET (`name:password`) lets it report and hand over mail."""

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
STRIPE_API = env.str("STRIPE_API", default="https://api.stripe.com")
"""Where Stripe is asked; another address only for tests."""
