"""Where people use it: every secret comes from the environment, and nothing has a guess."""

from repair.settings import env
from repair.settings.base import *  # noqa: F403
from repair.settings.base import CONTENT_SECURITY_POLICY

if env.flag("REPAIR_DEMO", default=False):
    env.fail("REPAIR_DEMO=1 moves the clock and is only for development. Unset REPAIR_DEMO.")

SECRET_KEY = env.secret_key()
REPAIR_KEYS = env.encryption_keys()
SECRET_KEY_FALLBACKS = env.names("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.names("REPAIR_HOSTS")
# Where links in mails lead.
REPAIR_URL = f"https://{ALLOWED_HOSTS[0].lstrip('.')}"
DATABASES = {"default": env.database(env.text("DATABASE_URL"))}

EMAIL_TIMEOUT = 10
globals().update(env.mail(env.text("EMAIL_URL")))
EMAIL_BACKEND = "conversations.mail.Smtp"
# No default: a sender that names Repair would tell who looks over a shoulder (R28).
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.sender("REPAIR_MAIL_FROM")
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https"

# How many proxies of one's own stand in front; with the wrong number everybody shares one rate
# limit, or anybody can choose theirs.
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("REPAIR_PROXIES", default=0)
# Only behind a proxy that sets or removes this header itself; otherwise anybody could claim TLS.
if ALLAUTH_TRUSTED_PROXY_COUNT and env.flag("REPAIR_PROXY_SETS_PROTO", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 31_536_000
# Only the host knows whether every neighbour of this name speaks TLS. Browsers remember a yes for a
# year, and the preload list for longer, so both are asked for and the checks that want them silent.
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.flag("REPAIR_HSTS_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD = env.flag("REPAIR_HSTS_PRELOAD", default=False)
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
# The __Host- prefix makes browsers refuse the cookie from a neighbouring site or without TLS.
SESSION_COOKIE_NAME = "__Host-session"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_COOKIE_SECURE = True
CONTENT_SECURITY_POLICY["DIRECTIVES"]["upgrade-insecure-requests"] = True

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
