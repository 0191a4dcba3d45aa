"""What the tests look at to say that nothing has changed is all that there is."""

from uuid import uuid4

import pytest
from django.apps import apps

from accounts.models import Pair
from conversations import actions as conversations
from tests import factories, seen


def test_every_model_that_leads_to_a_pair_is_looked_at():
    found = {Pair}
    while more := {model for model in apps.get_models() if leads_to(found, model)} - found:
        found |= more
    assert set(seen.IN_A_PAIR) == found


def leads_to(models, model):
    return any(field.related_model in models for field in model._meta.fields)


@pytest.mark.django_db
def test_what_is_said_is_seen_by_both_and_is_a_row_of_the_pair(ana_place, ben_place, pair, clock):
    factories.allow(by=(ana_place, ben_place))
    factories.agree(by=ana_place, other=ben_place, clock=clock)
    window = factories.open_next(pair=pair, clock=clock)
    looks = [seen.pages(of=place) for place in (ana_place, ben_place)]
    rows = seen.everything(in_=pair)
    conversations.say(by=ana_place, window_id=window.pk, key=uuid4(), body="The apples are ripe.")
    assert [seen.pages(of=place) for place in (ana_place, ben_place)] != looks
    assert all("ripe" in str(seen.pages(of=place)["messages"]) for place in (ana_place, ben_place))
    now = seen.everything(in_=pair)
    assert {kind for kind in rows if rows[kind] != now[kind]} == {"Message"}
