"""What a supporter may read of how it feels to the person whom they support (R25)."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import supporter
from accounts.models import Support
from accounts.scopes import Scope
from checkins import queries
from checkins.pages import ON_A_PAGE, shown


@supporter(Scope.CHECK_INS)
@require_safe
def supported_check_ins(request: HttpRequest, support: Support) -> HttpResponse:
    """Show what the person answered in all their pairs since this supporter may read it."""
    pages = Paginator(queries.check_ins_for(support), ON_A_PAGE)
    page = pages.get_page(request.GET.get("page"))
    context = {"support": support, "page": page, "check_ins": shown(page)}
    return render(request, "checkins/supported_check_ins.html", context)


@supporter(Scope.REFLECTIONS)
@require_safe
def supported_reflections(request: HttpRequest, support: Support) -> HttpResponse:
    """Show what the person wrote for themselves, and marked."""
    pages = Paginator(queries.marked_reflections_of(support.person), ON_A_PAGE)
    context = {"support": support, "page": pages.get_page(request.GET.get("page"))}
    return render(request, "checkins/supported_reflections.html", context)
