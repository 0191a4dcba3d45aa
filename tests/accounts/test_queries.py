"""Who may see what of persons and pairs."""

from uuid import uuid4

import pytest
from django.http import Http404

from accounts.actions import create_code, use_code
from accounts.models import Pair
from accounts.queries import (
    all_memberships_of,
    get_membership_for,
    memberships_of,
    other_membership,
    share_a_pair,
)

pytestmark = pytest.mark.django_db


def test_each_finds_their_own_place(pair, ana, ben):
    assert get_membership_for(ana, pair.pk).person == ana
    assert get_membership_for(ben, pair.pk).person == ben


def test_an_outsider_and_a_guess_get_the_same_404(pair, ana, outsider):
    with pytest.raises(Http404) as foreign:
        get_membership_for(outsider, pair.pk)
    with pytest.raises(Http404) as guessed:
        get_membership_for(ana, uuid4())
    assert str(foreign.value) == str(guessed.value)


def test_the_other_place_is_the_other_persons(pair, ana, ben):
    assert other_membership(get_membership_for(ana, pair.pk)).person == ben
    assert other_membership(get_membership_for(ben, pair.pk)).person == ana


def test_a_pair_that_has_ended_can_be_opened_but_is_not_among_the_live(pair, ana, ben, clock):
    Pair.objects.filter(pk=pair.pk).update(ended_at=clock.move(days=1))
    assert not memberships_of(ana)
    assert [place.pair for place in all_memberships_of(ana)] == [pair]
    assert get_membership_for(ana, pair.pk).pair == pair
    assert share_a_pair(ana, ben)


def test_pairs_are_listed_the_oldest_first_in_one_query(
    ana, ben, outsider, clock, django_assert_num_queries
):
    first = use_code(by=ben, code=create_code(by=ana))
    clock.move(days=1)
    second = use_code(by=ana, code=create_code(by=outsider))
    with django_assert_num_queries(1):
        assert [place.pair for place in memberships_of(ana)] == [first.pair, second.pair]


def test_sharing_a_pair_holds_both_ways_and_for_these_two_alone(pair, ana, ben, outsider):
    assert share_a_pair(ana, ben)
    assert share_a_pair(ben, ana)
    assert not share_a_pair(ana, outsider)
