"""The story in a real Chromium: with scripts, and without any."""

import pytest

from tests import stack
from tests.story import story
from tests.story.screen import ScreenVisitor

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.once, pytest.mark.long]


@pytest.fixture
def couple(request, browser, tmp_path):
    """Two people with a Chromium each, in front of a Repair with a worker."""
    with stack.running(tmp_path) as repair:
        seen: set[str] = set()
        mira, jon = (
            ScreenVisitor(browser, repair.address, name, scripts=request.param, seen=seen)
            for name in ("mira", "jon")
        )
        yield story.Couple.of(repair, mira, jon)
        for each in (mira, jon):
            each.context.close()


@pytest.mark.parametrize("couple", [True], indirect=True)
def test_with_scripts(couple):
    story.arrive(couple)
    choose_hours_at_once(couple.mira)
    story.agree(couple)
    story.write(couple)
    story.meet(couple)
    story.pause(couple)
    assert couple.mira.faults + couple.jon.faults == []


@pytest.mark.parametrize("couple", [False], indirect=True)
def test_without_scripts(couple):
    story.everything(couple)
    assert couple.mira.faults + couple.jon.faults == []


def choose_hours_at_once(visitor: ScreenVisitor) -> None:
    """The quick choices of the limits page tick many boxes, and nothing else."""
    visitor.open("/")
    visitor.follow("Your limits")
    visitor.page.get_by_text("Hours of the week", exact=True).click()
    visitor.page.get_by_role("button", name="Weekend").click()
    ticked = visitor.page.locator("input[name=hours]:checked")
    values = ticked.evaluate_all("boxes => boxes.map(box => Number(box.value))")
    assert values == list(range(5 * 24, 7 * 24))
    visitor.press("Save my limits")
    visitor.follow("Your limits")
    assert visitor.page.locator("input[name=hours]:checked").count() == 48
