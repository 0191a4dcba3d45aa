"""The project's addresses, and two acts that need a proof."""

from django.http import HttpResponse
from django.urls import path

from accounts.access import signed_in
from accounts.proof import take_proof
from repair.urls import urlpatterns as theirs


@signed_in
def act(request):
    what = request.POST.get("what", "")
    take_proof(request, f"act {what}", f"Do {what}")
    return HttpResponse(f"done: {what}")


urlpatterns = [*theirs, path("act/", act), path("act/elsewhere/", act)]
