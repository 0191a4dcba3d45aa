"""A mail server that is out of order."""

from smtplib import SMTPServerDisconnected

from django.core.mail.backends.base import BaseEmailBackend


class OutOfOrder(BaseEmailBackend):
    """Sends nothing, and says so."""

    def send_messages(self, email_messages):
        raise SMTPServerDisconnected
