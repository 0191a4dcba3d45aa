"""The story over HTTP, with real processes: on SQLite and files, and on PostgreSQL and Redis."""

import pytest

from tests.story import story
from tests.story.visitors import HttpVisitor

pytestmark = pytest.mark.processes


def test_two_people_agree_meet_and_one_pauses(repair):
    couple = story.Couple.of(repair, HttpVisitor(repair.address), HttpVisitor(repair.address))
    story.everything(couple)


@pytest.mark.long
def test_without_the_pause_the_second_letter_would_come(repair):
    """Or it would say nothing that after the pause none did."""
    couple = story.Couple.of(repair, HttpVisitor(repair.address), HttpVisitor(repair.address))
    story.arrive(couple)
    story.agree(couple)
    story.write(couple)
    story.meet(couple)
    story.nobody_pauses(couple)
