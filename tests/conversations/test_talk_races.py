"""R21, R13: something is said at the very moment at which the conversation ends, or opens."""

from collections import Counter
from uuid import uuid4

import pytest

from accounts.models import Membership
from boundaries import actions as boundaries
from boundaries.actions.windows import close_due
from boundaries.models import Window
from boundaries.rules.windows import State
from conversations import actions
from conversations.models import Letter, Message
from tests import factories
from tests.races import TRIALS, DatabaseError, no_lock, side_by_side

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.long,
]

OPENS_AT = factories.utc(year=2026, month=12, day=5, hour=17)
SAID, KEPT = "said", "kept as a draft"


@pytest.fixture
def couples(clock):
    """Pairs whose conversation is open, by the key of the pair."""
    clock.go_to(OPENS_AT)
    pairs = factories.many(count=TRIALS, opens_at=OPENS_AT)
    actions.open_and_release([pair.pk for pair in pairs])
    return [pair.pk for pair in pairs]


def places(pair):
    return Membership.objects.filter(pair=pair).order_by("seat")


def say(pair):
    window = Window.objects.get(pair=pair)
    return actions.say(by=places(pair)[0], window_id=window.pk, key=uuid4(), body="a word")


def pause(pair):
    """Pause, and look at once what had been said: nothing may be added to that."""
    boundaries.pause(by=places(pair)[1])
    return Message.objects.filter(pair=pair).count()


def leave(pair):
    boundaries.leave(by=places(pair)[1], window_id=Window.objects.get(pair=pair).pk)
    return Message.objects.filter(pair=pair).count()


def what_became_of_it(races):
    outcomes = Counter()
    for kept, _ in races:
        outcomes[SAID if isinstance(kept, Message) else KEPT] += 1
    assert Message.objects.count() == outcomes[SAID]
    drafts = Letter.objects.filter(state=Letter.State.DRAFT)
    assert drafts.count() == outcomes[KEPT]
    return outcomes


def said_after_the_end(couples, races):
    """The pairs in which something was said after a pause, or after who left, had returned."""
    seen = {pair: count for pair, (_, count) in zip(couples, races, strict=True)}
    return [p for p, count in seen.items() if Message.objects.filter(pair=p).count() != count]


@pytest.mark.parametrize("end", [pause, leave])
def test_r21_words_are_said_before_the_end_or_kept_and_never_said_after_it(couples, end):
    races = side_by_side(couples, say, end)
    assert said_after_the_end(couples, races) == []
    outcomes = what_became_of_it(races)
    # Or they did not race: each must have come first often enough.
    assert min(outcomes[SAID], outcomes[KEPT]) > TRIALS // 20


@pytest.mark.proof
def test_r21_without_the_lock_the_same_check_catches_it(clock):
    """So that it is known to bite. The guard of the database leaves only a moment for it."""
    clock.go_to(OPENS_AT)
    assert any(something_is_said_after_a_pause() for _ in range(12))


def something_is_said_after_a_pause():
    pairs = [pair.pk for pair in factories.many(count=150, opens_at=OPENS_AT)]
    actions.open_and_release(pairs)
    with no_lock():
        races = side_by_side(pairs, say, pause, faults=(DatabaseError,))
    whole = [(pair, race) for pair, race in zip(pairs, races, strict=True) if is_count(race[1])]
    return said_after_the_end([pair for pair, _ in whole], [race for _, race in whole]) != []


def is_count(noted):
    return isinstance(noted, int)


@pytest.mark.proof
def test_r21_at_the_instant_of_its_end_nothing_more_is_said(couples, clock):
    clock.go_to(Window.objects.first().closes_at)
    races = side_by_side(couples, say, lambda pair: close_due([pair]))
    assert what_became_of_it(races) == {KEPT: len(couples)}
    assert set(Window.objects.values_list("state", flat=True)) == {State.HELD}


@pytest.mark.proof
def test_r21_two_people_at_once_are_in_one_order(couples):
    def also_say(pair):
        window = Window.objects.get(pair=pair)
        return actions.say(by=places(pair)[1], window_id=window.pk, key=uuid4(), body="and one")

    side_by_side(couples, say, also_say)
    numbers = Counter(Message.objects.values_list("number", flat=True))
    assert numbers == {1: len(couples), 2: len(couples)}
