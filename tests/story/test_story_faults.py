"""What a lost worker or broker does to the story: requests are answered, letters wait (R7)."""

import shutil

import pytest

from repair.demo.people import ANA, BEN
from tests import servers, stack
from tests.story.parts import in_parts, kill_redis
from tests.story.visitors import HttpVisitor, signed_in

pytestmark = pytest.mark.processes


def write_a_line(visitor: HttpVisitor, words: str) -> None:
    visitor.open("/")
    visitor.follow("Write a letter")
    visitor.press("Hold for the next conversation", body=words)
    assert "Your letter is held" in visitor.text


def envelopes(visitor: HttpVisitor) -> int:
    visitor.open("/")
    return visitor.text.split("Your letters")[0].count("A closed envelope for you")


@pytest.mark.proof
def test_a_killed_worker_loses_nothing_and_doubles_nothing(parts):
    ana, ben = signed_in(parts.address, ANA.email), signed_in(parts.address, BEN.email)
    parts.kill_worker()
    write_a_line(ana, "Written while no worker was there.")
    ana.press("the next conversation")
    assert envelopes(ben) == 0
    ana.press("+ 1 hour")
    parts.start_worker()
    for visitor in (ana, ben):
        visitor.look_until("Did not take place")
        assert envelopes(visitor) == 0
        assert "Held" in visitor.text
    ana.press("the next conversation")
    ben.look_until("Your conversation is open")
    assert envelopes(ben) == 1
    ben.follow("A closed envelope for you")
    ben.press("Read it now")
    assert "the box with the photographs" in ben.text
    ana.open("/")
    assert "Written while no worker was there. Held for the next conversation" in ana.text


@pytest.mark.long
@pytest.mark.postgres
def test_a_lost_redis_fails_no_request_and_the_letter_comes_once_it_is_back(tmp_path):
    with (
        stack.own_database() as database,
        servers.redis(tmp_path) as redis,
        in_parts(tmp_path, DATABASE_URL=database, REDIS_URL=redis) as parts,
    ):
        ana = signed_in(parts.address, ANA.email)
        command = kill_redis(redis)
        ben = signed_in(parts.address, BEN.email)
        write_a_line(ben, "Written while no broker was there.")
        ben.press("the next conversation")
        assert envelopes(ana) == 0
        parts.run(command)
        ana.look_until("Your conversation is open")
        assert envelopes(ana) == 1
        ana.press("Pause")
        assert "You have paused" in ana.text


@pytest.mark.long
@pytest.mark.once
def test_a_lost_folder_of_the_broker_fails_no_request(tmp_path):
    with in_parts(tmp_path) as parts:
        ana = signed_in(parts.address, ANA.email)
        shutil.rmtree(tmp_path / "broker")
        ben = signed_in(parts.address, BEN.email)
        write_a_line(ben, "Written while no broker was there.")
        ben.press("the next conversation")
        assert envelopes(ana) == 0
        parts.kill_worker()
        parts.start_worker()
        ana.look_until("Your conversation is open")
        assert envelopes(ana) == 1
