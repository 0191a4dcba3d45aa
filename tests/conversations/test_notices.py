"""R28: notices are off until asked for, neutral, one for each window, never after a pause."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from boundaries import actions as boundaries
from conversations import actions
from conversations.actions import notices
from conversations.models import Notice
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def window(ana_place, ben_place, pair, clock):
    factories.allow(by=(ana_place, ben_place))
    factories.agree(by=ana_place, other=ben_place, clock=clock)
    return factories.next_window(pair=pair)


def ask(*places):
    for place in places:
        place.person.wants_notice_on_opening = True
        place.person.save()


def open_it(window, clock):
    """Open the window and write its notices, without sending them yet."""
    clock.go_to(window.opens_at)
    actions.open_and_release([window.pair_id])


def test_r28_notices_are_off_until_asked_for(window, ana_place, clock, mailoutbox):
    factories.letter(by=ana_place)
    clock.go_to(window.opens_at)
    actions.sweep()
    assert not Notice.objects.exists()
    assert mailoutbox == []


def test_r28_who_asked_gets_one_for_each_conversation(window, ben_place, pair, clock, mailoutbox):
    ask(ben_place)
    clock.go_to(window.opens_at)
    for _ in range(3):
        actions.sweep()
        clock.move(minutes=1)
    (mail,) = mailoutbox
    assert mail.to == [ben_place.person.email]
    notice = Notice.objects.get()
    assert (notice.window, notice.end, notice.ended_at) == (window, "sent", window.opens_at)
    clock.go_to(window.closes_at)
    boundaries.sweep()
    factories.open_next(pair=pair, clock=clock)
    assert len(mailoutbox) == 2


def test_r28_a_notice_is_the_same_whether_something_arrived_or_not(
    window, ana_place, ben_place, pair, clock, mailoutbox
):
    ask(ben_place)
    factories.hold(pair=pair, clock=clock)
    factories.letter(by=ana_place)
    factories.open_next(pair=pair, clock=clock)
    first, second = mailoutbox
    assert (first.subject, first.body) == (second.subject, second.body)


def test_r28_a_notice_names_nobody_and_tells_nothing(
    window, ana_place, ben_place, clock, mailoutbox, settings
):
    ask(ana_place, ben_place)
    factories.letter(by=ana_place, body="Dear you")
    clock.go_to(window.opens_at)
    actions.sweep()
    for mail in mailoutbox:
        said = f"{mail.subject} {mail.body} {mail.from_email}".lower()
        for word in ("ana", "ben", "letter", "dear", "pause", "message", "waiting", "conversation"):
            assert word not in said.replace(settings.REPAIR_URL.lower(), "")


@pytest.mark.parametrize("by", ["ana_place", "ben_place"])
def test_r13_r28_a_pause_cancels_a_notice_that_was_not_sent_yet(
    window, ana_place, ben_place, clock, mailoutbox, request, by
):
    ask(ana_place, ben_place)
    open_it(window, clock)
    assert Notice.objects.filter(end="").count() == 2
    boundaries.pause(by=request.getfixturevalue(by))
    actions.send_notices()
    assert mailoutbox == []
    assert set(Notice.objects.values_list("end", flat=True)) == {"cancelled"}


def test_r28_a_notice_of_a_conversation_that_is_over_is_cancelled(
    window, ben_place, clock, mailoutbox
):
    ask(ben_place)
    open_it(window, clock)
    clock.go_to(window.closes_at)
    actions.send_notices()
    assert mailoutbox == []
    assert Notice.objects.get().end == "cancelled"


def test_r28_a_notice_is_never_sent_twice(window, ben_place, clock, mailoutbox):
    """Two workers read the same row; only one of them claims it."""
    ask(ben_place)
    open_it(window, clock)
    notice = Notice.objects.get()
    assert [notices._claim(notice), notices._claim(notice)] == [True, False]


def test_r28_what_cannot_be_sent_is_not_tried_again(window, ben_place, clock, settings):
    """A doubled notice is worse than none."""
    settings.EMAIL_BACKEND = "tests.conversations.mail.OutOfOrder"
    ask(ben_place)
    open_it(window, clock)
    actions.send_notices()
    notice = Notice.objects.get()
    assert notice.end == "failed"
    with CaptureQueriesContext(connection) as queries:
        actions.send_notices()
    assert len(queries) <= 2, "there is nothing left to claim"
