"""For the tests: the rules, middleware and policies of production, with passwords hashed fast."""

import os
from urllib.parse import urlsplit

from repair.settings import env
from repair.settings.base import *  # noqa: F403
from repair.settings.base import CACHES, REDIS_URL, VAR

SECRET_KEY = "only-for-tests-" + "x" * env.SHORTEST_SECRET
REPAIR_KEYS = {1: b"b25seSBmb3IgdGVzdHMsIG9ubHkgZm9yIHRlc3RzISE="}
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
REPAIR_URL = "http://testserver"

DATABASES = {
    "default": env.database(env.text("DATABASE_URL", f"sqlite:///{VAR / 'test.sqlite3'}")),
}
template = urlsplit(os.environ.get("TEST_TEMPLATE", "")).path
if template and "postgresql" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["TEST"] = {"TEMPLATE": template[1:]}
if "sqlite" in DATABASES["default"]["ENGINE"]:
    # A file, as in real life: in memory neither WAL nor a second process could be tested.
    DATABASES["default"]["TEST"] = {"NAME": str(env.folder(VAR) / "test.sqlite3")}

# Tests that run side by side count their rate limits apart: each has a cache of its own.
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
if REDIS_URL:
    CACHES["default"]["LOCATION"] = urlsplit(REDIS_URL)._replace(path=f"/{WORKER + 1}").geturl()
else:
    CACHES["default"]["LOCATION"] = env.folder(VAR / f"cache-{WORKER}")

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
