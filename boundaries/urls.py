"""The addresses of this app."""

from django.urls import include, path, register_converter

from accounts.feeds import TokenConverter
from boundaries import feeds, supporting
from boundaries.views import agreements, doors, limits, pauses, proposals, time_apart, windows

register_converter(TokenConverter, "token")

app_name = "boundaries"

in_a_pair = [
    path("limits/", limits.limits, name="limits"),
    path("agreement/", agreements.agreement, name="agreement"),
    path("agreement/end/", agreements.end, name="end"),
    path("agreement/renew/", proposals.renew, name="renew"),
    path("record/", agreements.record, name="record"),
    path("propose/", proposals.propose, name="propose"),
    path("propose/preview/", proposals.preview, name="preview"),
    path("take-less/", proposals.take_less, name="take_less"),
    path("proposals/<uuid:proposal_id>/", proposals.proposal, name="proposal"),
    path("proposals/<uuid:proposal_id>/consent/", proposals.consent, name="consent"),
    path("proposals/<uuid:proposal_id>/decline/", proposals.decline, name="decline"),
    path(
        "proposals/<uuid:proposal_id>/withdraw/",
        proposals.withdraw_proposal,
        name="withdraw_proposal",
    ),
    path("windows/<uuid:window_id>/go-ahead/", windows.go_ahead, name="go_ahead"),
    path("windows/<uuid:window_id>/skip/", windows.skip, name="skip"),
    path("pause/", pauses.pause, name="pause"),
    path("pause/with-words/", pauses.pause_with_words, name="pause_with_words"),
    path("pause/take-back-phrase/", pauses.take_back_phrase, name="take_back_phrase"),
    path("kind-words/hide/", pauses.hide_kind_words, name="hide_kind_words"),
    path("time-apart/", time_apart.suggest_time_apart, name="suggest_time_apart"),
    path("time-apart/<uuid:time_apart_id>/", time_apart.time_apart, name="time_apart"),
    path(
        "time-apart/<uuid:time_apart_id>/agree/",
        time_apart.agree_to_time_apart,
        name="agree_to_time_apart",
    ),
    path(
        "time-apart/<uuid:time_apart_id>/decline/",
        time_apart.decline_time_apart,
        name="decline_time_apart",
    ),
    path(
        "time-apart/<uuid:time_apart_id>/take-back/",
        time_apart.take_back_time_apart,
        name="take_back_time_apart",
    ),
    path("time-apart/<uuid:time_apart_id>/let-be/", time_apart.let_be, name="let_be"),
    path("door/open/", doors.open_door, name="open_door"),
    path("door/close/", doors.close_door, name="close_door"),
    path("begin-again/", doors.begin_again, name="begin_again"),
    path("lift/", pauses.lift, name="lift"),
]

urlpatterns = [
    path("pause/", pauses.pause_all, name="pause_all"),
    path("feeds/<token:token>.ics", feeds.read_feed, name="read_feed"),
    path(
        "supporting/<uuid:support_id>/calendar/",
        supporting.supported_calendar,
        name="supported_calendar",
    ),
    path("supporting/<uuid:support_id>/pause/", supporting.pause_for, name="pause_for"),
    path("pairs/<uuid:pair_id>/", include(in_a_pair)),
]
