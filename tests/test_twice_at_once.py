"""Doubled requests, many workers, and other acts at once: what is done at once is done once."""

from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.models import Membership, Pair
from boundaries import actions
from boundaries.models import Consent, Proposal, RecordEntry, Window
from boundaries.queries import agreement_in_force
from boundaries.rules.letters import MOST_WAITING
from conversations import actions as conversations
from conversations.exceptions import TooManyLettersError
from conversations.models import Envelope, Letter
from tests import couples as many
from tests import factories, seen
from tests.races import side_by_side

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.long,
]

RACES = 40
OPENS_AT = factories.utc(year=2026, month=12, day=5, hour=17)


@pytest.fixture
def couples(clock):
    """The places of many pairs that agreed on nothing yet."""
    clock.go_to(OPENS_AT)
    return many.strangers(count=RACES, at=OPENS_AT)


def propose(place, minutes=45):
    return factories.propose(by=place, minutes=minutes)


def test_r2_the_same_consent_twice_at_once_is_one(couples):
    proposals = {ana.pair_id: propose(ana) for ana, _ in couples}
    consent = lambda it: factories.consent(by=it[1], to=proposals[it[0].pair_id])  # noqa: E731
    for one, other in side_by_side(couples, consent, consent):
        assert one.takes_force_at == other.takes_force_at
    assert Consent.objects.count() == 2 * RACES
    assert RecordEntry.objects.filter(act="consented").count() == RACES


def test_r2_the_same_proposal_twice_at_once_is_one(couples):
    races = side_by_side(couples, lambda it: propose(it[0]), lambda it: propose(it[0]))
    assert all(one == other for one, other in races)
    assert Proposal.objects.count() == RACES


def test_r3_less_at_the_moment_at_which_more_takes_force_leaves_no_more_than_one_agreement(
    couples, clock
):
    anas, bens = zip(*couples, strict=True)
    many.propose(by=anas, other=bens, at=clock.at)
    clock.move(hours=72)
    side_by_side(
        couples,
        lambda it: actions.withdraw_proposal(
            by=it[1], proposal_id=Proposal.objects.get(pair=it[0].pair_id).pk
        ),
        lambda it: actions.proposals.take_force(it[0].pair_id),
    )
    for ana, _ in couples:
        withdrawn = Consent.objects.filter(proposal__pair=ana.pair, withdrawn_at__isnull=False)
        assert withdrawn.exists() == (agreement_in_force(ana.pair) is None)


def test_r7_two_sweeps_at_once_release_once(clock):
    clock.go_to(OPENS_AT)
    pairs = factories.many(count=RACES, opens_at=OPENS_AT)
    keys = [[pair.pk] for pair in pairs]
    side_by_side(keys, conversations.open_and_release, conversations.open_and_release)
    letters = Letter.objects.values_list("state", flat=True)
    assert set(letters) == {Letter.State.RELEASED}
    assert Envelope.objects.count() == len(letters)
    entries = Counter(RecordEntry.objects.values_list("act", flat=True))
    assert entries == {"window_opened": RACES, "letter_released": len(letters)}


def test_r7_whole_sweeps_on_four_workers_at_once_change_nothing_more_than_one(clock):
    clock.go_to(OPENS_AT)
    pairs = factories.many(count=RACES, opens_at=OPENS_AT)
    sweep = lambda _: (actions.sweep(), conversations.sweep())  # noqa: E731
    side_by_side([0], *[sweep] * 4)
    clock.go_to(OPENS_AT + timedelta(minutes=45))
    side_by_side([0], *[sweep] * 4)
    acts = ["window_opened", *["letter_released"] * 4, "window_closed"]
    assert all(seen.acts(in_=pair) == acts for pair in pairs)
    assert Envelope.objects.count() == 4 * RACES


def test_r17_a_letter_is_withdrawn_or_released_and_never_both(clock):
    clock.go_to(OPENS_AT)
    pairs = factories.many(count=RACES, opens_at=OPENS_AT)
    letters = {pair.pk: Letter.objects.filter(pair=pair)[0] for pair in pairs}
    places = {(place.pair_id, place.person_id): place for place in Membership.objects.all()}

    def withdraw(pair):
        letter = letters[pair.pk]
        by = places[pair.pk, letter.author_id]
        try:
            factories.take_back(by=by, letter_id=letter.pk)
        except conversations.letters.AlreadyReleasedError:
            return False
        return True

    races = side_by_side(pairs, withdraw, lambda it: conversations.open_and_release([it.pk]))
    for pair, (withdrawn, _) in zip(pairs, races, strict=True):
        letter = Letter.objects.get(pk=letters[pair.pk].pk)
        assert letter.state == ("draft" if withdrawn else "released")
        assert Envelope.objects.filter(letter=letter).exists() == (not withdrawn)
    assert len({withdrawn for withdrawn, _ in races}) == 2, "each came first at least once"


def test_r16_two_who_begin_again_at_once_begin_one_pair(couples, clock):
    apart = many.with_open_doors(couples, clock)
    races = side_by_side(
        apart, lambda it: actions.begin_again(by=it[0]), lambda it: actions.begin_again(by=it[1])
    )
    for (ana, ben), (one, other) in zip(apart, races, strict=True):
        assert one.pair_id == other.pair_id != ana.pair_id
        assert (one.person_id, other.person_id) == (ana.person_id, ben.person_id)
    assert Pair.objects.filter(ended_at=None).count() == RACES
    assert RecordEntry.objects.filter(act="begun_again").count() == RACES


def test_r17_the_same_form_twice_at_once_makes_one_letter(couples):
    keys = [(couple[0], uuid4()) for couple in couples]
    write = lambda it: conversations.write_letter(  # noqa: E731
        by=it[0], key=it[1], body="Dear you", hold=True
    )
    before = Letter.objects.count()
    races = side_by_side(keys, write, write)
    assert all(one == other for one, other in races)
    assert Letter.objects.count() == before + RACES
    assert RecordEntry.objects.filter(act="letter_held").count() == RACES


@pytest.mark.proof
def test_two_letters_at_once_where_one_more_can_wait_are_one(couples):
    places = [ana for ana, _ in couples]
    factories.held_letters(by=places, each=MOST_WAITING - 1, at=OPENS_AT)

    def write(place):
        try:
            return factories.letter(by=place)
        except TooManyLettersError:
            return None

    races = side_by_side(places, write, write)
    assert all((one is None) != (other is None) for one, other in races)
    for place in places:
        assert Letter.objects.filter(author=place.person_id).count() == MOST_WAITING


def test_r24_a_go_ahead_and_a_skip_at_once_leave_one_answer(clock):
    clock.go_to(OPENS_AT - timedelta(days=1))
    factories.many(count=RACES, opens_at=OPENS_AT)
    windows = list(Window.objects.all())
    places = {place.pair_id: place for place in Membership.objects.all()}
    side_by_side(
        windows,
        lambda it: actions.go_ahead(by=places[it.pair_id], window_id=it.pk),
        lambda it: actions.skip(by=places[it.pair_id], window_id=it.pk),
    )
    values = [window.as_value() for window in Window.objects.all()]
    assert {len(each.go_ahead) + len(each.skipped) for each in values} == {1}


def test_r30_entries_made_at_once_are_numbered_without_a_gap(couples):
    ana, ben = couples[0]
    lower = iter(range(100))
    side_by_side(
        range(40),
        lambda it: factories.letter(by=ana),
        lambda it: factories.letter(by=ben),
        lambda it: actions.set_limits(by=ana, limits=factories.limits(minutes=next(lower))),
    )
    assert len(seen.acts(in_=ana.pair)) == 120
