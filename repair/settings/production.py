"""Where people use it: every secret comes from the environment, and nothing has a guess."""

from repair.settings import env
from repair.settings.base import *  # noqa: F403
from repair.settings.base import CONTENT_SECURITY_POLICY

if env.flag("REPAIR_DEMO", default=False):
    env.fail("REPAIR_DEMO=1 moves the clock and is only for development. Unset REPAIR_DEMO.")

SECRET_KEY = env.secret_key()
SECRET_KEY_FALLBACKS = env.names("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.names("REPAIR_HOSTS")
# Where links in mails lead.
REPAIR_URL = f"https://{ALLOWED_HOSTS[0].lstrip('.')}"
DATABASES = {"default": env.database(env.text("DATABASE_URL"))}

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_TIMEOUT = 10
globals().update(env.mail(env.text("EMAIL_URL")))
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https"

# How many proxies of one's own stand in front; with the wrong number everybody shares one rate
# limit, or anybody can choose theirs.
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("REPAIR_PROXIES", default=0)
# Only behind a proxy that sets or removes this header itself; otherwise anybody could claim TLS.
if ALLAUTH_TRUSTED_PROXY_COUNT and env.flag("REPAIR_PROXY_SETS_PROTO", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
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
