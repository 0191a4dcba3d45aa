"""The addresses of this app."""

from django.urls import path

from accounts import supporting, trusted, views

app_name = "accounts"
urlpatterns = [
    path("begin/", views.begin, name="begin"),
    path("begin/supporting/", views.begin_supporting, name="begin_supporting"),
    path("help/", views.help_page, name="help"),
    path("settings/", views.settings, name="settings"),
    path(
        "settings/undelivered/dismiss/",
        views.dismiss_undelivered,
        name="dismiss_undelivered",
    ),
    path("code/", views.code, name="code"),
    path("code/withdraw/", views.withdraw_code, name="withdraw_code"),
    path("code/use/", views.use_code, name="use_code"),
    path("feed/", views.feed, name="feed"),
    path("feed/make/", views.make_feed, name="make_feed"),
    path("feed/rename/", views.rename_feed, name="rename_feed"),
    path("feed/stop/", views.stop_feed, name="stop_feed"),
    path("trusted/", trusted.trusted, name="trusted"),
    path("trusted/invite/", trusted.invite_supporter, name="invite_supporter"),
    path("trusted/log/", trusted.log, name="log"),
    path("trusted/told/dismiss/", trusted.dismiss_told, name="dismiss_told"),
    path("trusted/<uuid:trusted_id>/", trusted.change_support, name="change_support"),
    path("trusted/<uuid:trusted_id>/renew/", trusted.renew_support, name="renew_support"),
    path("trusted/<uuid:trusted_id>/code/", trusted.make_support_code, name="make_support_code"),
    path("trusted/<uuid:trusted_id>/end/", trusted.end_support, name="end_support"),
    path("supporting/", supporting.supporting, name="supporting"),
    path("supporting/<uuid:support_id>/", supporting.support, name="support"),
    path(
        "supporting/<uuid:support_id>/name/", supporting.rename_supported, name="rename_supported"
    ),
    path("supporting/<uuid:support_id>/leave/", supporting.leave_support, name="leave_support"),
    path("pairs/<uuid:pair_id>/name/", views.rename_other, name="rename_other"),
]
