"""The accounts app: who."""

from django.apps import AppConfig
from django.core import checks


class AccountsConfig(AppConfig):
    """Pins the zone data and registers the check that no page is open by mistake."""

    name = "accounts"

    def ready(self) -> None:
        """Do both once, when the project starts."""
        from accounts import zones
        from accounts.checks import every_view_says_who_may_open_it

        zones.use_pinned_data()
        checks.register(every_view_says_who_may_open_it, checks.Tags.urls)
