"""The app and its name."""

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    """What is said: letters, release, notices, as an app."""

    name = "conversations"
