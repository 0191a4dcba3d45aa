"""R13, R28: a notice is sent at the very moment of a pause, or by two workers at once.

With a real mail server; what it took is what went out.
"""

import random
import time
from collections import Counter
from contextlib import contextmanager
from functools import partial

import pytest

from accounts.models import Membership, Person
from boundaries import actions as boundaries
from conversations import actions
from conversations.actions import notices
from conversations.mail import Post
from conversations.models import Notice
from tests import factories, mailserver
from tests.races import TRIALS, DatabaseError, no_lock, side_by_side

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.long,
]

WARM_UP = 5
OPENS_AT = factories.utc(year=2026, month=12, day=5, hour=17)


@pytest.fixture
def office(settings):
    with mailserver.open_office(settings) as found:
        yield found


def waiting(clock, count=TRIALS):
    """Pairs whose conversation is open, of which a notice waits for one person."""
    clock.go_to(OPENS_AT)
    pairs = [pair.pk for pair in factories.many(count=count, opens_at=OPENS_AT, letters=1)]
    first = Membership.objects.filter(pair__in=pairs, seat=1).values("person")
    Person.objects.filter(pk__in=first).update(wants_notice_on_opening=True, quiet_from="09:00")
    actions.open_and_release(pairs)
    assert Notice.objects.filter(end="", pair__in=pairs).count() == count
    return pairs


@contextmanager
def worker():
    """What a worker does for a pair. It has reached the mail server already."""
    with Post() as post:
        assert post.reach() is None
        post.has_taken_long = lambda: False  # it goes on for longer than one sweep
        yield partial(notices._send_in_pair, post=post)


def address_in(pair):
    return Person.objects.get(memberships__pair=pair, memberships__seat=1).email


def seconds_to_send_one(clock, send):
    """Far longer than a pause takes, and not the same on every machine."""
    pairs = waiting(clock, count=WARM_UP)
    begun = time.monotonic()
    for pair in pairs:
        send(pair)
    return (time.monotonic() - begun) / WARM_UP


def pausing(office, *, within):
    """Half of them as the worker begins, the others at any moment in so many seconds from then."""

    def pause(pair):
        """Pause, and look at once what had gone out: nothing may be added to that."""
        time.sleep(random.choice((0, random.uniform(0, within))))
        boundaries.pause(by=Membership.objects.get(pair=pair, seat=2))
        return mails_to(office)[address_in(pair)]

    return pause


def mails_to(office):
    return Counter(address for address, _ in office.came)


def went_out_after_a_pause(office, pairs, races):
    gone = mails_to(office)
    noted = {pair: count for pair, (_, count) in zip(pairs, races, strict=True)}
    return [pair for pair, count in noted.items() if gone[address_in(pair)] != count]


def test_r13_no_notice_goes_out_after_a_pause_has_returned(clock, office):
    with worker() as send:
        within = 2 * seconds_to_send_one(clock, send)
        pairs = waiting(clock)
        races = side_by_side(pairs, send, pausing(office, within=within))
    assert went_out_after_a_pause(office, pairs, races) == []
    ends = Counter(Notice.objects.filter(pair__in=pairs).values_list("end", flat=True))
    sent = len(office.came) - WARM_UP
    assert ends == {"sent": sent, "cancelled": TRIALS - sent}
    # Or they did not race: each must have come first often enough.
    assert min(ends.values()) > TRIALS // 20


@pytest.mark.proof
def test_r13_without_the_lock_the_same_check_catches_it(clock, office):
    """So that it is known to bite."""
    assert any(something_goes_out_after_a_pause(clock, office) for _ in range(10))


def something_goes_out_after_a_pause(clock, office):
    office.came.clear()
    Notice.objects.all().delete()
    with no_lock(), worker() as send:
        pausing_soon = pausing(office, within=2 * seconds_to_send_one(clock, send))
        pairs = waiting(clock)
        races = side_by_side(pairs, send, pausing_soon, faults=(DatabaseError,))
    whole = [(pair, race) for pair, race in zip(pairs, races, strict=True) if is_count(race[1])]
    return went_out_after_a_pause(office, *zip(*whole, strict=True)) != []


def is_count(noted):
    return isinstance(noted, int)


def test_r28_two_workers_at_once_send_it_once(clock, office):
    pairs = waiting(clock)
    with worker() as one, worker() as other:
        side_by_side(pairs, one, other)
    assert mails_to(office) == {address_in(pair): 1 for pair in pairs}
    assert set(Notice.objects.values_list("end", flat=True)) == {"sent"}


@pytest.mark.proof
def test_r28_without_the_lock_it_is_sent_twice(clock, office):
    """So that it is known to bite."""

    def one_is_sent_twice():
        pairs = waiting(clock)
        with no_lock(), worker() as one, worker() as other:
            side_by_side(pairs, one, other, faults=(DatabaseError,))
        return max(mails_to(office).values()) > 1

    assert any(one_is_sent_twice() for _ in range(10))
