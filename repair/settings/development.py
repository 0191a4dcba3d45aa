"""On one's own machine: everything has a default, and what is made lies in var/."""

from repair.settings import env
from repair.settings.base import *  # noqa: F403
from repair.settings.base import INSTALLED_APPS, LOGGING, TEMPLATES, VAR

REPAIR_DEMO = env.flag("REPAIR_DEMO", default=False)
# The demo shows what a person would see, also when something is not found.
DEBUG = env.flag("REPAIR_DEBUG", default=not REPAIR_DEMO)
SECRET_KEY = env.text("SECRET_KEY", "") or env.kept_secret_key(VAR / "secrets" / "secret_key")
if env.text("REPAIR_KEYS", "") or env.text("REPAIR_KEYS_FILE", ""):
    REPAIR_KEYS = env.encryption_keys()
else:
    REPAIR_KEYS = env.kept_encryption_keys(VAR / "secrets" / "encryption_keys")
ALLOWED_HOSTS = [
    "localhost",
    "127.0.0.1",
    "[::1]",
    *filter(None, [env.in_address(env.text("REPAIR_HOST", ""))]),
    *env.names("REPAIR_HOSTS", default=[]),
]
REPAIR_URL = f"http://localhost:{env.text('PORT', '8000')}"

DATABASES = {
    "default": env.database(env.text("DATABASE_URL", f"sqlite:///{VAR / 'db.sqlite3'}")),
}
env.folder(VAR)

EMAIL_BACKEND = "repair.mail.FolderAndTerminal"
EMAIL_FILE_PATH = VAR / "mail"

# Between the lines of the web server, one is enough to know that the worker is there.
LOGGING["loggers"]["celery"] = {"level": "WARNING"}

# Static files are served from where they are written, without collecting them first.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True

if REPAIR_DEMO:
    INSTALLED_APPS = [*INSTALLED_APPS, "repair.demo"]
    TEMPLATES[0]["OPTIONS"]["context_processors"].append("repair.demo.context.bar")
    REPAIR_CLOCK = "repair.demo.clock.now"
