"""Cases that share a world are each tried, each from its beginning, and each can fail."""

import pytest

from accounts.models import Pair
from tests.cases import shared

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@shared("number", [1, 2, 3])
def test_what_a_case_does_is_undone_before_the_next(pair, clock, number):
    assert clock.at == clock.start
    assert pair.ended_at is None
    assert Pair.objects.count() == 1
    clock.move(days=number)
    pair.ended_at = clock.at
    Pair.objects.create(created_at=clock.at)


def test_a_case_that_fails_is_told(clock):
    class Subtests:
        failed: list[str] = []

        def test(self, **names):
            return self

        def __enter__(self):
            return self

        def __exit__(self, kind, *_):
            if kind is AssertionError:
                self.failed.append(kind.__name__)
            return kind is AssertionError

    @shared("number", [1, 2, 3])
    def odd(number):
        assert number % 2

    told = Subtests()
    odd(subtests=told, clock=clock)
    assert told.failed == ["AssertionError"]
