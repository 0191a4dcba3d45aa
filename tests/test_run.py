"""`make test` and what else `tests.run` runs: a run in which nothing ran has not passed."""

import pytest

from tests.run import CHOOSING, NOTHING_CHOSEN, OTHERWISE, worse

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("codes", "returned"),
    [
        ((0, 0), 0),
        ((0, NOTHING_CHOSEN), 0),
        ((NOTHING_CHOSEN, 1), 1),
        ((1, 0), 1),
        ((0, 2), 2),
        ((NOTHING_CHOSEN, NOTHING_CHOSEN), NOTHING_CHOSEN),
    ],
)
def test_one_part_may_have_nothing_to_run_and_not_both(codes, returned):
    assert worse(*codes) == returned


@pytest.mark.parametrize("marks", [(), ("long",), ("proof",), ("long", "proof")])
def test_every_test_is_run_by_make_test_or_by_make_prove_and_by_one_alone(marks):
    marked = {"long": "long" in marks, "proof": "proof" in marks}
    chosen = [eval(each, {}, marked) for each in (OTHERWISE, CHOOSING["--prove"])]
    assert sorted(chosen) == [False, True]
