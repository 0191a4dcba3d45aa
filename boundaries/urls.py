"""The addresses of this app."""

from django.urls import include, path, register_converter

from accounts.feeds import TokenConverter
from boundaries import feeds, supporting, time_apart_views, views

register_converter(TokenConverter, "token")

app_name = "boundaries"

in_a_pair = [
    path("limits/", views.limits, name="limits"),
    path("agreement/", views.agreement, name="agreement"),
    path("agreement/end/", views.end, name="end"),
    path("agreement/renew/", views.renew, name="renew"),
    path("record/", views.record, name="record"),
    path("propose/", views.propose, name="propose"),
    path("propose/preview/", views.preview, name="preview"),
    path("take-less/", views.take_less, name="take_less"),
    path("proposals/<uuid:proposal_id>/", views.proposal, name="proposal"),
    path("proposals/<uuid:proposal_id>/consent/", views.consent, name="consent"),
    path("proposals/<uuid:proposal_id>/decline/", views.decline, name="decline"),
    path(
        "proposals/<uuid:proposal_id>/withdraw/", views.withdraw_proposal, name="withdraw_proposal"
    ),
    path("windows/<uuid:window_id>/go-ahead/", views.go_ahead, name="go_ahead"),
    path("windows/<uuid:window_id>/skip/", views.skip, name="skip"),
    path("pause/", views.pause, name="pause"),
    path("pause/with-words/", views.pause_with_words, name="pause_with_words"),
    path("pause/take-back-phrase/", views.take_back_phrase, name="take_back_phrase"),
    path("time-apart/", time_apart_views.suggest_time_apart, name="suggest_time_apart"),
    path("time-apart/<uuid:time_apart_id>/", time_apart_views.time_apart, name="time_apart"),
    path(
        "time-apart/<uuid:time_apart_id>/agree/",
        time_apart_views.agree_to_time_apart,
        name="agree_to_time_apart",
    ),
    path(
        "time-apart/<uuid:time_apart_id>/decline/",
        time_apart_views.decline_time_apart,
        name="decline_time_apart",
    ),
    path(
        "time-apart/<uuid:time_apart_id>/take-back/",
        time_apart_views.take_back_time_apart,
        name="take_back_time_apart",
    ),
    path("time-apart/<uuid:time_apart_id>/let-be/", time_apart_views.let_be, name="let_be"),
    path("door/open/", views.open_door, name="open_door"),
    path("door/close/", views.close_door, name="close_door"),
    path("begin-again/", views.begin_again, name="begin_again"),
    path("lift/", views.lift, name="lift"),
]

urlpatterns = [
    path("pause/", views.pause_all, name="pause_all"),
    path("feeds/<token:token>.ics", feeds.read_feed, name="read_feed"),
    path(
        "supporting/<uuid:support_id>/calendar/",
        supporting.supported_calendar,
        name="supported_calendar",
    ),
    path("supporting/<uuid:support_id>/pause/", supporting.pause_for, name="pause_for"),
    path("pairs/<uuid:pair_id>/", include(in_a_pair)),
]
