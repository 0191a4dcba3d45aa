"""R28: notices are off until asked for, neutral, one for each window, never after a pause."""

from collections import Counter
from datetime import datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from boundaries import actions as boundaries
from conversations import actions
from conversations.actions import notices
from conversations.models import Envelope, Notice
from tests import beginnings, factories
from tests.beginnings import beginning
from tests.cases import shared

pytestmark = [pytest.mark.django_db, pytest.mark.once]


BEGINNINGS = {"window": beginnings.plan}

window = beginning("window")


def ask(*places):
    for place in places:
        factories.ask_for_notices(by=place, only=["wants_notice_on_opening"])


def sweep():
    """What workers do each second."""
    actions.sweep()
    actions.send_notices()


def open_it(window, clock):
    """Open the window and write its notices, without sending them yet."""
    clock.go_to(window.opens_at)
    actions.open_and_release([window.pair_id])


def test_r28_notices_are_off_until_asked_for(window, ana_place, clock, mailoutbox):
    factories.letter(by=ana_place)
    clock.go_to(window.opens_at)
    sweep()
    assert not Notice.objects.exists()
    assert mailoutbox == []


def test_r28_who_asked_gets_one_for_each_conversation(window, ben_place, pair, clock, mailoutbox):
    ask(ben_place)
    clock.go_to(window.opens_at)
    for _ in range(3):
        sweep()
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
    sweep()
    for mail in mailoutbox:
        said = f"{mail.subject} {mail.body} {mail.from_email}".lower()
        for word in ("ana", "ben", "letter", "dear", "pause", "message", "waiting", "conversation"):
            assert word not in said.replace(settings.REPAIR_URL.lower(), "")


@shared("by", ["ana_place", "ben_place"])
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


def ends():
    return list(Notice.objects.order_by("written_at", "kind").values_list("kind", "end"))


def test_r28_a_notice_is_never_sent_twice(window, ana_place, clock):
    """Two workers read the same row; only one of them claims it."""
    ask(ana_place)
    open_it(window, clock)
    person = ana_place.person_id
    claimed = [notices._claim(window.pair_id, person, None) for _ in range(2)]
    assert claimed == [[Notice.objects.get().pk], []]


def test_r28_what_a_process_claimed_before_it_died_is_never_sent(
    window, ana_place, clock, mailoutbox
):
    """It may have gone, and a doubled notice is worse than none."""
    ask(ana_place)
    open_it(window, clock)
    notices._claim(window.pair_id, ana_place.person_id, None)
    clock.move(minutes=10)
    sweep()
    assert mailoutbox == []
    assert ends() == [("window_opened", "claimed")]


def test_r28_a_notice_that_was_switched_off_meanwhile_is_cancelled(
    window, ana_place, clock, mailoutbox
):
    ask(ana_place)
    open_it(window, clock)
    factories.ask_for_notices(by=ana_place, only=["wants_notice_on_arrival"])
    actions.send_notices()
    assert mailoutbox == []
    assert ends() == [("window_opened", "cancelled")]


# --- Each kind by itself ----------------------------------------------------------------------


ALL = ("day_before", "to_decide", "window_opened", "arrived", "check_in")
NOT_CHECK_INS = [wish for wish in Notice.WISHES.values() if wish != "wants_notice_check_in"]
"""The check-ins' own tests are in `tests/checkins/test_check_in_notices.py`."""


@pytest.fixture
def month(window, ana_place, ben_place, pair, clock):
    """Something of each kind, from the first conversation to the end of the second."""

    def live_through_it():
        factories.hold(pair=pair, clock=clock)
        factories.letter(by=ben_place)
        factories.propose(by=ben_place, minutes=60)
        second = factories.next_window(pair=pair)
        for until, hours in (
            (second.opens_at - timedelta(hours=30), 48),
            (second.opens_at, 3),
            (second.closes_at - timedelta(minutes=15), 0.25),
        ):
            while clock.at < until:
                clock.go_to(min(clock.at + timedelta(hours=hours), until))
                sweep()

    return live_through_it


@shared("kind", ALL)
def test_r28_each_kind_is_told_by_itself_and_once(kind, month, ana_place, mailoutbox):
    factories.ask_for_notices(by=ana_place, only=[Notice.WISHES[kind]])
    month()
    count = {"window_opened": 2, "check_in": 2}.get(kind, 1)
    assert ends() == [(kind, "sent")] * count
    assert [mail.to for mail in mailoutbox] == [[ana_place.person.email]] * count


def test_r28_all_kinds_are_one_mail_and_what_is_due_together_goes_together(
    month, ana_place, mailoutbox
):
    """So that the number of mails at an opening does not say that something came."""
    factories.ask_for_notices(by=ana_place)
    month()
    assert Counter(kind for kind, _ in ends()) == {
        "day_before": 1,
        "to_decide": 1,
        "window_opened": 2,
        "arrived": 1,
        "check_in": 2,
    }
    assert {end for _, end in ends()} == {"sent"}
    assert len(mailoutbox) == 6
    said = {(mail.subject, mail.body, mail.from_email, *mail.extra_headers) for mail in mailoutbox}
    assert len(said) == 1


def test_r28_nothing_arrived_where_no_letter_came(window, ana_place, clock, mailoutbox):
    factories.ask_for_notices(by=ana_place, only=["wants_notice_on_arrival"])
    factories.letter(by=ana_place)
    clock.go_to(window.opens_at)
    sweep()
    assert mailoutbox == []
    assert not Notice.objects.exists()


# --- What is to come --------------------------------------------------------------------------


@pytest.fixture
def asked(window, ana_place, clock):
    """Ana asked for all notices but of check-ins; it is two days before the conversation."""
    clock.go_to(window.opens_at - timedelta(days=2))
    factories.ask_for_notices(by=ana_place, only=NOT_CHECK_INS)
    sweep()
    assert not Notice.objects.exists()


def a_day_before(window, clock):
    clock.go_to(window.opens_at - timedelta(days=1))
    sweep()


def test_r28_a_day_before_and_not_a_moment_earlier(asked, window, clock, mailoutbox):
    clock.go_to(window.opens_at - timedelta(days=1, microseconds=1))
    sweep()
    assert mailoutbox == []
    clock.move(hours=1)
    sweep()
    clock.move(hours=3)
    sweep()
    assert len(mailoutbox) == 1


@shared(("skips", "count"), [("ana_place", 0), ("ben_place", 1)])
def test_r17_r24_the_other_s_skip_is_not_noticed_and_one_s_own_counts(
    asked, window, clock, mailoutbox, request, skips, count
):
    """Ana would learn that Ben skipped if no mail came."""
    boundaries.skip(by=request.getfixturevalue(skips), window_id=window.pk)
    a_day_before(window, clock)
    assert len(mailoutbox) == count


@shared(("whose", "count"), [("ana_place", 0), ("ben_place", 1)])
def test_r9_hours_are_not_noticed_either(asked, window, clock, mailoutbox, request, whose, count):
    factories.allow(by=(request.getfixturevalue(whose),), hours=frozenset())
    a_day_before(window, clock)
    assert len(mailoutbox) == count


@shared("by", ["ana_place", "ben_place"])
@shared("end", [boundaries.pause, actions.part])
def test_r13_r16_after_a_pause_or_the_end_nothing_is_told(
    asked, window, clock, mailoutbox, request, by, end
):
    end(by=request.getfixturevalue(by))
    a_day_before(window, clock)
    assert mailoutbox == []


def test_r13_a_pause_cancels_what_waits_for_the_morning(
    asked, window, ana_place, ben_place, clock, mailoutbox
):
    factories.ask_for_notices(
        by=ana_place, only=NOT_CHECK_INS, quiet_from=time(18), quiet_until=time(9)
    )
    a_day_before(window, clock)
    assert ends() == [("day_before", "")]
    boundaries.pause(by=ben_place)
    boundaries.lift(by=ben_place)
    clock.move(hours=15)
    sweep()
    assert mailoutbox == []
    assert ends() == [("day_before", "cancelled")]


# --- What is to be decided --------------------------------------------------------------------


@pytest.fixture
def to_decide(window, ana_place, pair, clock):
    """Ana wants to be told of that alone; one conversation took place."""
    factories.ask_for_notices(by=ana_place, only=["wants_notice_to_decide"])
    factories.hold(pair=pair, clock=clock)
    clock.move(days=1)
    sweep()


def for_days(clock, days):
    for _ in range(days * 3):
        clock.move(hours=8)
        boundaries.sweep()
        sweep()


def test_r28_a_proposal_is_told_once_on_the_next_morning(
    to_decide, ben_place, ana_place, clock, mailoutbox
):
    """In the minute in which Ben proposed it would say that he is here (R22)."""
    factories.propose(by=ben_place, minutes=60)
    nine = datetime.combine(clock.at + timedelta(days=1), time(9), ZoneInfo("Europe/Berlin"))
    while clock.at < nine - timedelta(minutes=1):
        assert mailoutbox == []
        clock.move(minutes=10)
        sweep()
    assert len(mailoutbox) == 1
    for_days(clock, 3)
    assert len(mailoutbox) == 1


def test_r28_a_renewal_is_told_too(to_decide, ben_place, clock, mailoutbox):
    factories.propose(by=ben_place)
    for_days(clock, 2)
    assert len(mailoutbox) == 1


def propose_and_be_hidden(ana, ben):
    factories.allow(by=(ana,), minutes=50)
    factories.propose(by=ben, minutes=60)


def propose_and_withdraw(ana, ben):
    proposal = factories.propose(by=ben, minutes=60)
    boundaries.withdraw_proposal(by=ben, proposal_id=proposal.pk)


def propose_and_have_it_declined(ana, ben):
    proposal = factories.propose(by=ben, minutes=60)
    boundaries.decline(by=ana, proposal_id=proposal.pk)


def propose_after_a_pause(ana, ben):
    boundaries.pause(by=ana)
    factories.propose(by=ben, minutes=40)


def propose_to_somebody_who_receives_none(ana, ben):
    factories.allow(by=(ana,), receives_proposals=False)
    factories.propose(by=ben, minutes=60)


@shared(
    "story",
    [
        propose_and_be_hidden,
        propose_and_withdraw,
        propose_and_have_it_declined,
        propose_after_a_pause,
        propose_to_somebody_who_receives_none,
    ],
)
def test_r10_r14_what_is_not_shown_is_not_told(
    to_decide, ana_place, ben_place, clock, mailoutbox, story
):
    story(ana_place, ben_place)
    for_days(clock, 3)
    assert mailoutbox == []
    assert not Notice.objects.exists()


def test_r10_one_s_own_proposal_is_nothing_to_decide(to_decide, ana_place, clock, mailoutbox):
    factories.propose(by=ana_place, minutes=60)
    for_days(clock, 3)
    assert mailoutbox == []


def test_r10_a_proposal_that_went_away_before_the_morning_is_not_told(
    to_decide, ana_place, ben_place, clock, mailoutbox
):
    proposal = factories.propose(by=ben_place, minutes=60)
    clock.move(hours=2)
    sweep()
    assert ends() == [("to_decide", "")]
    boundaries.withdraw_proposal(by=ben_place, proposal_id=proposal.pk)
    for_days(clock, 2)
    assert mailoutbox == []
    assert ends() == [("to_decide", "cancelled")]


def test_r24_who_wants_to_be_asked_is_told_when_they_are(
    to_decide, ana_place, pair, clock, mailoutbox
):
    factories.allow(by=(ana_place,), ask_before_each=True)
    opens_at = factories.next_window(pair=pair).opens_at
    clock.go_to(opens_at - timedelta(days=3, hours=1))
    sweep()
    assert mailoutbox == []
    for_days(clock, 1)
    assert len(mailoutbox) == 1


def test_r24_who_answered_is_not_told(to_decide, ana_place, pair, clock, mailoutbox):
    factories.allow(by=(ana_place,), ask_before_each=True)
    window = factories.next_window(pair=pair)
    clock.go_to(window.opens_at - timedelta(days=3, hours=1))
    boundaries.go_ahead(by=ana_place, window_id=window.pk)
    for_days(clock, 2)
    assert mailoutbox == []


def test_r28_a_letter_to_be_read_again_is_told_for_each_conversation(
    to_decide, ana_place, ben_place, pair, clock, mailoutbox
):
    again = actions.ReadAgain(24, only=True)
    actions.write_letter(by=ana_place, key=uuid4(), body="Dear you", hold=True, again=again)
    window = factories.next_window(pair=pair)
    clock.go_to(window.opens_at - timedelta(days=1, hours=1))
    for_days(clock, 1)
    assert len(mailoutbox) == 1
    boundaries.skip(by=ben_place, window_id=window.pk)
    for_days(clock, 1)
    clock.go_to(factories.next_window(pair=pair).opens_at - timedelta(days=1, hours=1))
    for_days(clock, 1)
    assert len(mailoutbox) == 2


# --- Quiet hours ------------------------------------------------------------------------------


@pytest.fixture
def at_night(window, ana_place, ben_place, clock):
    """The conversation opens at six in the evening, where Ana's quiet begins."""
    factories.ask_for_notices(
        by=ana_place, only=NOT_CHECK_INS, quiet_from=time(18), quiet_until=time(9)
    )
    factories.letter(by=ben_place)
    open_it(window, clock)
    actions.send_notices()


NIGHT = timedelta(hours=15)


def test_r28_nothing_goes_in_quiet_hours_and_then_only_what_is_still_so(
    at_night, window, clock, mailoutbox
):
    """That it opened is over; that something came is so."""
    assert mailoutbox == []
    assert {end for _, end in ends()} == {""}
    clock.go_to(window.closes_at)
    boundaries.sweep()
    clock.go_to(window.opens_at + NIGHT - timedelta(seconds=1))
    sweep()
    assert mailoutbox == []
    clock.move(seconds=1)
    sweep()
    assert len(mailoutbox) == 1
    assert ends() == [("arrived", "sent"), ("window_opened", "cancelled")]


def read_it(ana, ben):
    envelope = Envelope.objects.get(recipient=ana.person)
    actions.open_envelope(by=ana, envelope_id=envelope.pk)


def pause(ana, ben):
    boundaries.pause(by=ben)


def pause_and_lift(ana, ben):
    boundaries.pause(by=ben)
    boundaries.lift(by=ben)


def part(ana, ben):
    actions.part(by=ben)


@shared("meanwhile", [read_it, pause, pause_and_lift, part])
def test_r13_r16_what_came_is_not_told_after_an_end_or_once_it_was_read(
    at_night, window, ana_place, ben_place, clock, mailoutbox, meanwhile
):
    meanwhile(ana_place, ben_place)
    clock.go_to(window.opens_at + NIGHT)
    boundaries.sweep()
    sweep()
    assert mailoutbox == []
    assert {end for _, end in ends()} == {"cancelled"}
