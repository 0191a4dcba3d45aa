"""The accounts app: who."""

from django.apps import AppConfig
from django.core import checks


class AccountsConfig(AppConfig):
    """Registers the check that no page is open by mistake."""

    name = "accounts"

    def ready(self) -> None:
        """Do it once, when the project starts."""
        from accounts.checks import every_view_says_who_may_open_it

        checks.register(every_view_says_who_may_open_it, checks.Tags.urls)
