"""The page that machines ask."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from repair.health.queries import health


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when web, database, worker and mail are up, 503 otherwise. It tells nothing else."""
    parts = health()
    response = JsonResponse(parts, status=200 if all(parts.values()) else 503)
    # Who asks is told; a line in the log for each answer would only bury the cause.
    response.__dict__["_has_been_logged"] = True
    return response
