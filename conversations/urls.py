"""The addresses of this app."""

from django.urls import include, path

from conversations import drafts, talk, views

app_name = "conversations"

in_a_pair = [
    path("", views.pair, name="pair"),
    path("part/", views.part, name="part"),
    path("copy/", views.copy, name="copy"),
    path("now/", views.now, name="now"),
    path("past/", views.past, name="past"),
    path("conversations/<uuid:window_id>/", talk.conversation, name="conversation"),
    path("conversations/<uuid:window_id>/stream/", talk.stream, name="stream"),
    path("conversations/<uuid:window_id>/say/", talk.say, name="say"),
    path("conversations/<uuid:window_id>/leave/", talk.leave, name="leave"),
    path("letters/", views.letters, name="letters"),
    path("letters/new/", views.write, name="write"),
    path("letters/<uuid:letter_id>/", views.letter, name="letter"),
    path("letters/draft/", drafts.begin_draft, name="begin_draft"),
    path("letters/keep/", drafts.keep_words, name="keep_words"),
    path("letters/<uuid:letter_id>/draft/", drafts.save_draft, name="save_draft"),
    path("letters/<uuid:letter_id>/delete/", views.delete, name="delete"),
    path("envelopes/<uuid:envelope_id>/", views.envelope, name="envelope"),
    path("envelopes/<uuid:envelope_id>/open/", views.open_envelope, name="open_envelope"),
    path("envelopes/<uuid:envelope_id>/keep/", views.keep_envelope, name="keep_envelope"),
    path(
        "envelopes/<uuid:envelope_id>/hand-back/",
        views.hand_back_envelope,
        name="hand_back_envelope",
    ),
]

urlpatterns = [
    path("", views.home, name="home"),
    path("pairs/<uuid:pair_id>/", include(in_a_pair)),
]
