"""What every page may need from the project itself."""

from django.http import HttpRequest


def nonce(request: HttpRequest) -> dict[str, object]:
    """The nonce of this response's content security policy, by the name that htmx's tag reads."""
    return {"csp_nonce": getattr(request, "csp_nonce", "")}
