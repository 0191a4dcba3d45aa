"""R13, R21: what open streams are sent under the pair's lock, and what they are not."""

import re
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from accounts.access import SIGNED_OUT
from accounts.models import Membership
from boundaries import actions as boundaries
from boundaries.models import Window
from conversations import actions, live
from conversations.delivery import behind, deliver
from conversations.live import Mark
from conversations.models import Message
from conversations.streams import Stream
from tests import beginnings, factories
from tests.beginnings import beginning
from tests.races import TRIALS, DatabaseError, dawdle, no_lock, side_by_side

QUERIES = 8
OPENS_AT = factories.utc(year=2026, month=12, day=5, hour=17)


class Sent:
    """What each stream was sent, as `Send` sends it."""

    def __init__(self):
        self.texts = {}
        self.ended = set()

    def __call__(self, told):
        # The moment in which somebody else could act.
        dawdle()
        for each in told:
            self.texts.setdefault(each.stream, []).append(each.text)
            if each.is_last:
                self.ended.add(each.stream)

    def said(self, stream):
        return sum(text.count("event: said") for text in self.texts.get(stream, ()))


def stream_of(place, window, last=0):
    client = Client()
    client.force_login(place.person)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    return Stream(place.pair_id, window.pk, place.person_id, session, Mark(last))


def say(place, window, body="a word"):
    return actions.say(by=place, window_id=window.pk, key=uuid4(), body=body)


BEGINNINGS = {"window": beginnings.begin_to_talk}

window = beginning("window")


@pytest.mark.django_db
class TestDelivery:
    """With Ana and Ben."""

    def test_both_are_sent_the_same_and_each_only_once(self, ana_place, ben_place, window):
        streams, sent = [stream_of(each, window) for each in (ana_place, ben_place)], Sent()
        say(ana_place, window, "one")
        say(ben_place, window, "two")
        assert behind(streams) == {window.pair_id}
        for _ in range(2):
            deliver(window.pair_id, streams, sent)
        assert [sent.said(each) for each in streams] == [2, 2]
        assert behind(streams) == set()

    def test_r13_after_a_pause_nothing_of_what_was_said_is_sent(self, ana_place, ben_place, window):
        """Also what was said before it and not sent yet."""
        stream, sent = stream_of(ben_place, window), Sent()
        say(ana_place, window)
        boundaries.pause(by=ana_place)
        deliver(window.pair_id, [stream], sent)
        assert sent.said(stream) == 0
        assert stream in sent.ended

    @pytest.mark.parametrize("how", ["time", "left", "paused"])
    def test_r13_r21_an_end_is_told_to_a_stream_that_is_open(
        self, ana_place, ben_place, window, clock, how
    ):
        stream, sent = stream_of(ben_place, window), Sent()
        deliver(window.pair_id, [stream], sent)
        assert sent.ended == set()
        if how == "time":
            clock.go_to(window.closes_at)
            boundaries.sweep()
        elif how == "left":
            boundaries.leave(by=ana_place, window_id=window.pk)
        else:
            boundaries.pause(by=ana_place)
        assert behind([stream]) == {window.pair_id}
        deliver(window.pair_id, [stream], sent)
        told = sent.texts[stream][-1]
        assert "event: state" in told
        assert "This conversation is closed." in told
        assert "event: over" in told
        assert sent.ended == {stream}

    def test_r13_of_many_words_so_many_are_sent_at_once_and_the_rest_next(
        self, ana_place, ben_place, window, monkeypatch
    ):
        """A pause waits for all that is made and sent under one lock."""
        monkeypatch.setattr(live, "MOST_AT_ONCE", 2)
        streams, sent = [stream_of(each, window) for each in (ana_place, ben_place)], Sent()
        for number in range(1, 6):
            say(ana_place, window, f"word {number}")
        for so_far in (2, 4, 5):
            assert behind(streams) == {window.pair_id}
            deliver(window.pair_id, streams, sent)
            assert [sent.said(each) for each in streams] == [so_far, so_far]
        assert behind(streams) == set()
        for each in streams:
            words = re.findall(r"word \d", "".join(sent.texts[each]))
            assert words == [f"word {number}" for number in range(1, 6)]

    @pytest.mark.parametrize("how", ["signs out", "changes password", "is inactive"])
    def test_who_is_not_signed_in_any_more_is_told_nothing(
        self, ana_place, ben_place, ben, window, how
    ):
        stream, other, sent = stream_of(ben_place, window), stream_of(ana_place, window), Sent()
        say(ana_place, window)
        if how == "signs out":
            Client(headers={"cookie": f"{settings.SESSION_COOKIE_NAME}={stream.session}"}).post(
                "/account/logout/"
            )
        elif how == "changes password":
            ben.set_password("another-quiet-password")
            ben.save()
        else:
            ben.is_active = False
            ben.save()
        deliver(window.pair_id, [stream, other], sent)
        assert sent.texts[stream] == [SIGNED_OUT]
        assert sent.ended == {stream}
        # To be inactive counts as a pause.
        assert sent.said(other) == (how != "is inactive")

    def test_r22_it_takes_as_long_whether_or_not_the_other_has_a_page_open(
        self, ana_place, ben_place, window, django_assert_num_queries
    ):
        """As many questions to the database; what is asked is asked for both."""
        for streams in (
            [stream_of(ben_place, window)],
            [stream_of(ben_place, window), stream_of(ana_place, window)],
        ):
            say(ana_place, window)
            with django_assert_num_queries(QUERIES):
                deliver(window.pair_id, streams, Sent())

    def test_less_of_talking_is_less_of_what_was_said_and_not_sent_yet(
        self, ana_place, ben_place, window
    ):
        stream, sent = stream_of(ben_place, window), Sent()
        say(ana_place, window)
        factories.allow(by=(ana_place,), live=False)
        deliver(window.pair_id, [stream], sent)
        assert sent.said(stream) == 0
        assert stream not in sent.ended
        # Nor is it brought up to date once a second, to no end.
        assert behind([stream]) == set()

    def test_a_session_of_somebody_else_is_told_nothing(self, ana_place, ben_place, window):
        stream, sent = stream_of(ben_place, window), Sent()
        stream.session = stream_of(ana_place, window).session
        say(ana_place, window)
        deliver(window.pair_id, [stream], sent)
        assert sent.texts[stream] == [SIGNED_OUT]

    def test_a_stream_of_a_pair_that_is_gone_ends(self, ben_place, window):
        stream, sent = stream_of(ben_place, window), Sent()
        stream.pair_id = uuid4()
        deliver(stream.pair_id, [stream], sent)
        assert sent.ended == {stream}
        stream.window_id = uuid4()
        assert behind([stream]) == {stream.pair_id}


@pytest.fixture
def couples(clock):
    """Pairs in whose open conversation something was said that was not sent yet."""
    clock.go_to(OPENS_AT)
    return many(TRIALS)


def many(count):
    pairs = [pair.pk for pair in factories.many(count=count, opens_at=OPENS_AT)]
    actions.open_and_release(pairs)
    first = dict(Membership.objects.filter(seat=1).values_list("pair", "person"))
    Message.objects.bulk_create(
        Message(
            pair_id=window.pair_id,
            window=window,
            author_id=first[window.pair_id],
            key=uuid4(),
            number=1,
            body="a word",
            said_at=OPENS_AT,
        )
        for window in Window.objects.filter(pair__in=pairs)
    )
    return pairs


def places(pair):
    return Membership.objects.filter(pair=pair).select_related("person").order_by("seat")


def sent_after_the_pause(pairs, faults=()):
    """Race a delivery against a pause: how many were sent what was said, and how many of these
    after the pause had returned.
    """
    sent = Sent()
    streams = {pair: stream_of(places(pair)[1], Window.objects.get(pair=pair)) for pair in pairs}

    def bring(pair):
        deliver(pair, [streams[pair]], sent)

    def pause(pair):
        boundaries.pause(by=places(pair)[0])
        return sent.said(streams[pair])

    races = side_by_side(pairs, bring, pause, faults=faults)
    before = [count for _, count in races if isinstance(count, int)]
    after = [
        pair
        for pair, (_, count) in zip(pairs, races, strict=True)
        if isinstance(count, int) and sent.said(streams[pair]) != count
    ]
    return sum(before), len(after)


@pytest.mark.long
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_r13_nothing_is_sent_after_a_pause_has_returned(couples):
    before, after = sent_after_the_pause(couples)
    assert after == 0
    # Or they did not race: each must have come first often enough.
    assert TRIALS // 20 < before < TRIALS


@pytest.mark.proof
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_r13_without_the_lock_the_same_check_catches_it(clock):
    """So that it is known to bite."""
    clock.go_to(OPENS_AT)
    with no_lock():
        assert any(sent_after_the_pause(many(60), (DatabaseError,))[1] for _ in range(10))
