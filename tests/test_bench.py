"""The bench measures what it says, at tiny sizes; how fast anything is, no test asks."""

import pytest

from tests.bench import web
from tests.bench.__main__ import PARTS, measured
from tests.bench.client import Person
from tests.bench.figures import Goal, Part, Row, lines, percentile, verdict
from tests.bench.live import run
from tests.stack import own_database, own_redis

pytestmark = pytest.mark.once


@pytest.mark.proof
@pytest.mark.processes
@pytest.mark.postgres
@pytest.mark.parametrize("name", PARTS)
def test_each_part_comes_to_its_end_and_measures_something(tmp_path, name):
    with own_database() as database, own_redis() as redis:
        servers = {"DATABASE_URL": database, "REDIS_URL": redis}
        given = {} if PARTS[name].embedded else servers
        part = measured(PARTS[name], tmp_path, given, quick=True)
    assert part.wrong == []
    assert part.rows
    assert all(row.samples and min(row.samples) > 0 for row in part.rows)


@pytest.mark.processes
@pytest.mark.postgres
@pytest.mark.proof
def test_a_word_that_does_not_come_is_told():
    """The floor passes words on within a pair; these two are not in one."""
    apart = (Person("/1/ana/stream/", "/1/ana/say/"), Person("/2/ben/stream/", "/2/ben/say/"))
    with web.serving(web.FLOOR) as served:
        said = run(served, [[apart]], words=1, rate=10, patience=0.2)
    assert "word 1 did not come" in said["wrong"]
    assert said["seconds"] == []


def test_figures_are_those_of_the_samples():
    assert percentile(range(1, 101), 0.99) == 99
    assert percentile([5], 0.99) == 5
    assert percentile([1, 2], 0.99) == 2


@pytest.mark.parametrize(
    ("samples", "says"),
    [([4.0], "met"), ([5.0], "NOT MET"), ([4.0, 6.0], "NOT MET"), ([], "NOT MET")],
)
def test_a_goal_is_met_below_it_only(samples, says):
    assert verdict(Goal("max", 5), Row("it", samples)) == f"max < 5 ms: {says}"


def test_a_part_is_read_as_it_was_written():
    row = Row("Repair", [1.0], more={"threads": "2"}, goals=[Goal("p99", 50)])
    part = Part("Live", ["how"], [row], ["a word did not come"])
    assert Part.read(part.as_json()) == part
    text = "\n".join(lines(part))
    assert "p99 < 50 ms: met" in text
    assert "WRONG: a word did not come" in text
