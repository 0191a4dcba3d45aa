"""What queries find that looks open, or as if it cooled off, looks so by the rules as well (R4)."""

from datetime import timedelta
from itertools import product

import pytest
from django.db import IntegrityError, transaction

from boundaries.models import Consent, Proposal
from boundaries.queries.proposals import standing_consents
from boundaries.rules.canonical import terms_digest
from boundaries.rules.proposals import LAPSE, End, is_due, stands_by
from tests import factories

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
MADE = [timedelta(0), LAPSE - DAY, LAPSE, LAPSE + DAY]
"""How long ago it was made; then half a day later the other said yes, if they did."""

COOLING_OFF = [None, DAY, 30 * DAY]


def test_r4_what_stands_by_somebody_is_the_same_for_a_query_and_for_a_rule(
    ana_place, ben_place, clock
):
    seen = {ana_place: set(), ben_place: set()}
    for ago, cooling_off, end in product(MADE, COOLING_OFF, [None, *End]):
        for who_ended in (None, ana_place, ben_place):
            for place, told in seen.items():
                told.update(compared(place, ben_place, clock.at, ago, cooling_off, end, who_ended))
    assert seen == {ana_place: {True, False}, ben_place: {True, False}}


def compared(place, other, at, ago, cooling_off, end, who_ended):
    """For one proposal of Ana's to Ben; empty for what the database takes for impossible."""
    try:
        with transaction.atomic(), factories.undone():
            row = made(place, other, at - ago, cooling_off, end, who_ended, at)
            mine = standing_consents(place.pair, place.person_id, at)
            found = mine.filter(proposal=row).exists()
            value = row.as_value()
            assert found == (stands_by(place.person_id, value, at) and not is_due(value, at))
            return {found}
    except IntegrityError:
        return set()


def made(place, other, made_at, cooling_off, end, who_ended, at):
    first = place.pair.memberships.exclude(pk=other.pk).get()
    agreed_at = made_at + DAY / 2 if cooling_off else None
    row = Proposal.objects.create(
        pair=place.pair,
        author_id=first.person_id,
        terms=factories.terms(),
        digest=terms_digest(factories.terms()),
        made_at=made_at,
        agreed_at=agreed_at,
        takes_force_at=agreed_at + cooling_off if agreed_at else None,
        end=end,
        ended_at=at if end else None,
        ended_by_id=who_ended.person_id if end and who_ended else None,
    )
    for each in (first, other) if agreed_at else (first,):
        Consent.objects.create(
            proposal=row,
            person_id=each.person_id,
            digest=row.digest,
            given_at=made_at,
            # Whoever ends what they said yes to takes that yes back with it.
            withdrawn_at=at if end and who_ended == each else None,
        )
    return row
