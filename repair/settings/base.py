"""What every way of running shares."""

from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF

from repair.settings import env

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR = Path(env.text("REPAIR_VAR", str(BASE_DIR / "var"))).absolute()

DEBUG = False
ALLOWED_HOSTS: list[str] = []
ROOT_URLCONF = "repair.urls"
ASGI_APPLICATION = "repair.asgi.application"
WSGI_APPLICATION = "repair.wsgi.application"

# No django.contrib.admin: a page on which somebody could read letters must not exist.
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "repair",
    "repair.health",
    "accounts",
    "boundaries",
    "conversations",
    "checkins",
]

MIDDLEWARE = [
    "repair.health.middleware.answer_healthz",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "repair.middleware.no_store",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.own_time_zone",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.GiveWordsBack",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "repair.context.project",
                "accounts.context.person_pairs",
            ],
        },
    },
]

# The clock that every rule reads; accounts.clock.now calls what is named here.
REPAIR_CLOCK = "accounts.clock.as_it_is"
REPAIR_DEMO = False
# Kinds of notices of which `conversations.matters` knows nothing, since it cannot import the apps
# that do: for each a function like those there.
REPAIR_MATTERS = {"check_in": "checkins.matters.check_ins"}
# How somebody wants to be asked before conversations, which it cannot import either.
REPAIR_WISHES = "checkins.queries.wishes_of"
# Section 13 of the licence: whoever uses a changed Repair over a network is offered its source.
REPAIR_SOURCE_URL = env.text("REPAIR_SOURCE_URL", "")
# A host's own help lines come before the project's; see accounts/help_lines.py.
REPAIR_HELP = env.help_file("REPAIR_HELP_FILE")
# Where "Leave this page quickly" leads: somewhere that nobody asks about.
REPAIR_LEAVE_URL = env.address("REPAIR_LEAVE_URL", "https://www.wikipedia.org/")

# --- Database, broker, cache -----------------------------------------------------------------

REDIS_URL = env.redis()

if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    # A Redis that falls silent without an end is noticed, and connected to anew, within seconds.
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "socket_connect_timeout": 5,
        "socket_timeout": 5,
        "health_check_interval": 5,
    }
    CACHES: dict[str, dict[str, Any]] = {
        "default": {"BACKEND": "repair.caches.RedisElseMemory", "LOCATION": REDIS_URL}
    }
else:
    BROKER = str(env.folder(VAR / "broker"))
    CELERY_BROKER_URL = "filesystem://localhost/"
    CELERY_BROKER_TRANSPORT = "repair.broker:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": BROKER,
        "data_folder_out": BROKER,
        "control_folder": str(env.folder(VAR / "broker-control")),
        "polling_interval": 0.25,
    }
    CACHES = {
        "default": {
            "BACKEND": "repair.caches.LockedFiles",
            "LOCATION": env.folder(VAR / "cache"),
            "OPTIONS": {"MAX_ENTRIES": 10_000},
        }
    }

# The beat only pokes: argument-free tasks, on an interval, in UTC. A crontab schedule in a local
# zone is silent for a whole hour on the night that the clocks go back.
CELERY_BEAT_SCHEDULE = {
    name: {"task": f"repair.tasks.{name}", "schedule": 1.0, "options": {"expires": 10}}
    for name in ("sweep", "send_notices")
}
# A mail server may take its time, and nothing else is to wait for it (decision 45). So mails have a
# queue, and where Repair is hosted a worker of their own; one that is told nothing takes both.
# A poke needs no receipt: the next one does the same. And a worker that loses Redis while it gives
# one would never take anything again (kombu 5.7 swallows that fault with the connection's end).
CELERY_TASK_QUEUES = {
    name: {"exchange": name, "routing_key": name, "no_ack": True} for name in ("celery", "mail")
}
CELERY_TASK_ROUTES = {"repair.tasks.send_notices": {"queue": "mail"}}
# An interval has nothing to remember, so no schedule file can be stale, locked or corrupt.
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_TIMEZONE = "UTC"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SOFT_TIME_LIMIT = 60
CELERY_TASK_TIME_LIMIT = 90
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A worker waits for a lost broker as long as it takes, rather than giving up for good.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None

# --- Who: accounts, sign-in, sessions --------------------------------------------------------

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "accounts.adapter.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_FORMS = {
    "add_email": "accounts.forms.ChangeEmailForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "login": "accounts.forms.SignInForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
    "set_password": "accounts.forms.SetPasswordForm",
    "signup": "accounts.forms.SignUpForm",
}
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
# R26: no mail goes to an address without an account, also not "you have no account here".
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
# allauth's own limits are all on, but for these. Wrong passwords count for the network that they
# came from; for one address in all so many are allowed that no single network can use them up and
# so lock somebody else out of pausing (docs/decisions/0008). The order counts: what a network's
# limit refuses is not counted for the address. "mail" is ours: see accounts.adapter.
ACCOUNT_RATE_LIMITS: dict[str, str] = {
    "login_failed": "10/m/ip,30/h/ip,300/h/key",
    "mail": "5/d/key",
}
ALLAUTH_TRUSTED_PROXY_COUNT = 0

# Longer would leave a lost phone open for longer. The worker deletes those that have expired.
SESSION_COOKIE_AGE = 7 * 24 * 60 * 60
SESSION_ENGINE = "accounts.sessions"
SESSION_SERIALIZER = "accounts.sessions.Sealed"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
# Until the browser closes. Django would keep it for a year, and it tells that somebody was here.
CSRF_COOKIE_AGE = None
CSRF_FAILURE_VIEW = "accounts.views.csrf_failure"

# --- What a browser may do -------------------------------------------------------------------

CONTENT_SECURITY_POLICY: dict[str, dict[str, Any]] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# Nothing about the page that somebody came from reaches another site, or this one.
SECURE_REFERRER_POLICY = "same-origin"

# A letter of ten megabytes is far too long, but its words come back with a sentence that says so.
# Its form sends them plainly (multipart), so that this is as much as it takes.
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
# Django would put what is longer than this into a file, and with it a letter in plain text. Nothing
# longer reaches it: see repair.bodies.
FILE_UPLOAD_MAX_MEMORY_SIZE = DATA_UPLOAD_MAX_MEMORY_SIZE
# No page takes files: the parts of a form that are some are passed over.
FILE_UPLOAD_HANDLERS: list[str] = []

# --- Words, times, files ---------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = env.text("REPAIR_STATIC", str(BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]

DEFAULT_FROM_EMAIL = env.text("REPAIR_MAIL_FROM", "Repair <repair@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# What goes wrong is logged by the kind of fault and where it was, never by its words: the words
# of a database fault can hold a whole letter ("Failing row contains ..."). See repair.logs.
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"wordless": {"()": "repair.logs.Wordless"}},
    "handlers": {"terminal": {"class": "logging.StreamHandler", "formatter": "wordless"}},
    "root": {"handlers": ["terminal"], "level": "INFO"},
    "loggers": {
        # Named so that Django's own handlers (mail to administrators) are taken off.
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        # Addresses that were not found tell what somebody tried; only faults of ours are told.
        "django.request": {"handlers": [], "level": "ERROR", "propagate": True},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
        # One line a second, twice over, tells nothing: the heartbeat is a row.
        "celery.beat": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
    },
}
