"""A demo that sends its mails to a server, as where people use it."""

from repair.settings import env
from repair.settings.development import *  # noqa: F403

globals().update(env.mail(env.text("EMAIL_URL")))
EMAIL_BACKEND = "conversations.mail.Smtp"
