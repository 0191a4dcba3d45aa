"""What every page may need from the project itself."""

from django.conf import settings
from django.http import HttpRequest


def project(request: HttpRequest) -> dict[str, object]:
    """The nonce of the response's policy, by the name that htmx's tag reads, and two addresses."""
    return {
        "csp_nonce": getattr(request, "csp_nonce", ""),
        "source_url": settings.REPAIR_SOURCE_URL,
        "leave_url": settings.REPAIR_LEAVE_URL,
    }
