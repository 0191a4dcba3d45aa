"""What is scheduled, by real workers whose time is moved: looks, mails, check-ins (R12, R24, R28).

Nothing but the worker looks whether both leave room, and nothing but it sends mails; the pages ask
for check-ins by themselves, also while no worker is there.
"""

from datetime import UTC, datetime, timedelta

import pytest

from repair.demo.people import ANA, BEN
from repair.management.commands import start
from tests.stack import wait_for
from tests.story.story import set_limits
from tests.story.test_story_late import is_whole
from tests.story.watched import Watched, kept, other_zone_data

pytestmark = [pytest.mark.processes, pytest.mark.proof]

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
A_WEEK = 7 * DAY
BEFORE, AFTER = "Before the conversation of", "After the conversation of"
ROOM = "you both left room for more than"
NOTHING = "No conversation is scheduled."
QUESTION = "What would be right for you now?"


@pytest.fixture
def watched(parts):
    return Watched(parts)


def ask_for_mails(*visitors):
    """When a check-in begins, at any time of the day."""
    for visitor in visitors:
        visitor.open("/")
        visitor.follow("Settings")
        always = {"quiet_from": "09:00", "quiet_until": "09:00"}
        visitor.press("Save", wants_notice_check_in=True, **always)


def be_looked_at(watched):
    """A week ahead, with a worker there."""
    watched.go_to(watched.opens_at - A_WEEK + SECOND)
    wait_for(watched.rounds, "It was not looked at")
    assert watched.rounds() == [True]


def got(watched, *people):
    """Wait until these have their mails, and see that a sweep later nobody has more."""
    addresses = sorted(each.email for each in people)
    wait_for(lambda: len(watched.mails()) >= len(addresses), f"Only {watched.mails()} got a mail")
    watched.swept()
    assert watched.mails() == addresses


def has_link(visitor, words):
    visitor.open("/")
    return any(each.startswith(words) for each in visitor.page.links)


def test_r12_r28_it_is_looked_once_told_to_both_and_each_check_in_is_one_mail(watched):
    ana, ben = watched.both()
    watched.go_to(watched.opens_at - A_WEEK - HOUR)
    watched.swept()
    assert watched.rounds() == []
    be_looked_at(watched)
    ask_for_mails(ana)
    assert not has_link(ana, BEFORE)
    watched.go_to(watched.opens_at - 3 * DAY + SECOND)
    got(watched, ANA)
    for visitor in (ana, ben):
        assert has_link(visitor, BEFORE)
        visitor.follow(BEFORE)
        assert ROOM in visitor.text
    watched.go_to(watched.opens_at + SECOND)
    wait_for(lambda: watched.window()[1] == "open", "It does not open")
    watched.go_to(watched.opens_at + HOUR)
    wait_for(lambda: watched.window()[1] == "held", "It does not close")
    assert not has_link(ana, AFTER)
    watched.go_to(watched.opens_at + 1.5 * DAY)
    got(watched, ANA, ANA)
    assert has_link(ana, AFTER)
    assert watched.rounds() == [True]


def test_r7_r24_with_the_worker_away_on_the_day_pages_ask_and_a_mail_goes_late_or_never(watched):
    """Who has answered by then is not written to; after the conversation nobody is."""
    ana, ben = watched.both()
    be_looked_at(watched)
    ask_for_mails(ana, ben)
    with watched.worker_away():
        watched.go_to(watched.opens_at - 3 * DAY + HOUR)
        assert has_link(ben, BEFORE)
        assert has_link(ana, BEFORE)
        ana.follow(BEFORE)
        ana.press("Go ahead")
        assert "It is noted." in ana.text
        watched.go_to(watched.opens_at - 2 * DAY)
        assert watched.mails() == []
    got(watched, BEN)
    with watched.worker_away():
        watched.go_to(watched.opens_at + 2 * DAY)
        assert not has_link(ben, BEFORE)
    wait_for(lambda: watched.window()[1] == "missed", "Nobody found that it was missed")
    got(watched, BEN)
    for visitor in (ana, ben):
        assert not has_link(visitor, AFTER)
        visitor.look_until("Did not take place")
    assert watched.rounds() == [True]


def test_r24_with_ask_me_before_each_silence_skips_it_whatever_the_other_said(watched):
    ana, ben = watched.both()
    set_limits(ana, ask_before_each=True)
    watched.go_to(watched.opens_at - 3 * DAY + SECOND)
    for visitor in (ana, ben):
        assert has_link(visitor, BEFORE)
        visitor.follow(BEFORE)
    ben.press("Go ahead")
    assert "It is noted." in ben.text
    watched.go_to(watched.opens_at - HOUR)
    watched.swept()
    assert watched.window()[1] == "planned"
    watched.go_to(watched.opens_at + SECOND)
    wait_for(lambda: watched.window()[1] == "skipped", "It is not found to be skipped")
    for visitor in (ana, ben):
        visitor.open("/")
        visitor.look_until("Did not take place")
    watched.go_to(watched.opens_at + 1.5 * DAY)
    watched.swept()
    assert watched.window()[1] == "skipped"
    assert not any(has_link(visitor, AFTER) for visitor in (ana, ben))


def test_r7_r12_with_the_worker_away_until_it_is_over_nobody_is_told_of_room(watched):
    ana, ben = watched.both()
    watched.go_to(watched.opens_at - A_WEEK - HOUR)
    ask_for_mails(ana, ben)
    watched.swept()
    with watched.worker_away():
        watched.go_to(watched.opens_at - 3 * DAY + HOUR)
        for visitor in (ana, ben):
            assert has_link(visitor, BEFORE)
            visitor.follow(BEFORE)
            assert ROOM not in visitor.text
        watched.go_to(watched.opens_at + HOUR)
    wait_for(lambda: watched.window()[1] == "missed", "Nobody found that it was missed")
    got(watched)
    assert watched.rounds() == []


def test_r7_two_workers_each_with_a_beat_look_once_and_send_one_mail_to_each(watched):
    ana, ben = watched.both()
    second = watched.parts.run(start.worker(start.BEAT))
    wait_for(lambda: is_whole(second.pid), "The second worker does not come up", 30)
    ask_for_mails(ana, ben)
    be_looked_at(watched)
    watched.go_to(watched.opens_at - 3 * DAY + SECOND)
    got(watched, ANA, BEN)
    watched.parts.kill_worker()
    watched.go_to(watched.opens_at - 2 * DAY)
    got(watched, ANA, BEN)
    assert watched.rounds() == [True]


def test_r24_a_window_that_zone_data_move_keeps_its_round_and_what_was_answered(watched, tmp_path):
    """Web and worker come back with a newer tzdata in which six in the evening is another instant.

    Nobody is written to again; it opens when it does now.
    """
    ana, ben = watched.both()
    ask_for_mails(ana, ben)
    be_looked_at(watched)
    watched.go_to(watched.opens_at - 3 * DAY + SECOND)
    got(watched, ANA, BEN)
    for visitor, answer in ((ana, "Go ahead"), (ben, "Skip this one")):
        assert has_link(visitor, BEFORE)
        visitor.follow(BEFORE)
        visitor.press(answer)
    before = kept(watched.ask, watched.key)
    assert [len(rows) for rows in before] == [1, 1, 2]
    watched.start_again(PYTHONPATH=other_zone_data(tmp_path / "newer", Berlin="XXX-4"))
    wait_for(lambda: watched.window()[0] != watched.opens_at, "It does not move")
    opens_at, state = watched.window()
    assert state == "planned"
    assert kept(watched.ask, watched.key) == before
    assert HOUR < watched.opens_at - opens_at <= 3 * HOUR
    got(watched, ANA, BEN)
    assert kept(watched.ask, watched.key) == before
    # Less holds also where the hour is another: Ben skips it still.
    watched.go_to(opens_at + SECOND)
    wait_for(lambda: watched.window()[1] == "skipped", "It is not found to be skipped")


def test_r6_a_time_apart_ends_in_a_question_to_each_and_in_nothing_else(watched):
    ana, ben = watched.both()
    day = choose_a_time_apart(ana, ben)
    opened, letters = times_opened(watched), held(watched)
    assert letters
    for at in (watched.opens_at + SECOND, midnight(day) - DAY):
        watched.go_to(at)
        watched.swept()
        for visitor in (ana, ben):
            visitor.open("/")
            assert NOTHING in visitor.text
            assert QUESTION not in visitor.text
    for later in (DAY, 40 * DAY):
        watched.go_to(midnight(day) + later)
        watched.swept()
        for visitor in (ana, ben):
            visitor.open("/")
            assert QUESTION in visitor.text
            assert NOTHING in visitor.text
    ana.press("Nothing for now")
    assert QUESTION not in ana.text
    ben.open("/")
    assert QUESTION in ben.text
    assert (times_opened(watched), held(watched)) == (opened, letters)
    assert watched.ask("SELECT id FROM boundaries_agreement WHERE ended_at IS NULL") == []


def choose_a_time_apart(ana, ben):
    """Ana suggests one of about ten weeks, and Ben says yes."""
    day = (datetime.now(UTC) + timedelta(days=70)).date()
    ana.open("/")
    ana.follow("A time apart")
    ana.press("Suggest this day", day=day.isoformat())
    assert "Your suggestion is made." in ana.text
    ben.open("/")
    ben.follow("Suggested to you: until")
    ben.press("Yes, until this day")
    return day


def midnight(day):
    """In UTC; the day has begun in both zones a day later, and not a day earlier."""
    return datetime.fromisoformat(f"{day}T00:00:00+00:00")


def times_opened(watched):
    sql = "SELECT COUNT(*) FROM boundaries_recordentry WHERE act = 'window_opened'"
    return watched.ask(sql)[0][0]


def held(watched):
    return watched.ask("SELECT COUNT(*) FROM conversations_letter WHERE state = 'held'")[0][0]
