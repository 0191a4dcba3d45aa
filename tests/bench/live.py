"""From saying something until it is on the other's screen, at some numbers of open streams."""

import json
import math
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from repair.processes import end_with_parent
from tests.bench import client, web, world
from tests.bench.figures import Goal, Part, Row
from tests.stack import ROOT

GOALS = {("Repair", 2): [Goal("p99", 50)], ("Repair", 1000): [Goal("p99", 250)]}
MEMORY = 150
QUIET = client.QUIET * 0.8
OF_A_PERSON = 15
"""Words of one person in a round, which stays below what Repair lets a person say in a minute."""

Couples = list[tuple[client.Person, client.Person]]


def measure(*, streams: list[int], words: int, rate: float) -> Part:
    """Each number of streams with Repair and with the floor, each time in a new process."""
    rows, wrong = [], []
    for number in streams:
        rounds = math.ceil(words / (OF_A_PERSON * number))
        for name, rounds_of in (("Repair", _repair_rounds), ("floor", _floor_rounds)):
            application = web.REPAIR if name == "Repair" else web.FLOOR
            # From one pair that is already three times as much as they may say for longer.
            own = min(rate, number)
            with web.serving(application) as served:
                said = run(served, rounds_of(rounds, number // 2), words=words, rate=own)
            title = f"{name}, {number} streams"
            wrong += [f"{title}: {each}" for each in said["wrong"]]
            rows.append(_row(title, served, said, GOALS.get((name, number), [])))
    how = [
        "One uvicorn process with PostgreSQL and Redis; each pair has two streams, one for each.",
        "From just before the POST is sent until its line has come on the other's stream.",
        f"{rate:g} words a second, at most one for each stream, from both of each pair, whether or",
        "not the last one has come.",
        "The floor is the same server and client, and passes words on from memory.",
    ]
    return Part("Live: said until on the other's screen", how, rows, wrong)


def _repair_rounds(rounds: int, pairs: int) -> list[Couples]:
    """Other people in each round, since one may say only so much in a minute."""
    found = world.couples(world.in_conversation(count=rounds * pairs))
    connection.close()
    return [found[n * pairs : (n + 1) * pairs] for n in range(rounds)]


def _floor_rounds(rounds: int, pairs: int) -> list[Couples]:
    return [
        [
            (
                client.Person(f"/{n}-{pair}/1/stream/", f"/{n}-{pair}/1/say/"),
                client.Person(f"/{n}-{pair}/2/stream/", f"/{n}-{pair}/2/say/"),
            )
            for pair in range(pairs)
        ]
        for n in range(rounds)
    ]


def _row(name: str, served: web.Web, said: dict[str, Any], goals: list[Goal]) -> Row:
    quiet, most = said["quiet"], served.most
    more = {
        "memory": f"{quiet.memory:.0f} MB while nothing was said, at most {most.memory:.0f} MB",
        "threads": f"{quiet.threads} while nothing was said, at most {most.threads}",
        "connections to PostgreSQL": f"{quiet.connections} while nothing was said, "
        f"at most {most.connections}",
        "processor": f"{1000 * said['idle']:.1f} ms a second while nothing was said, "
        f"{1000 * said['busy']:.1f} ms for each word",
    }
    if said["late"]:
        more["the client was late by"] = f"{1000 * max(said['late']):.1f} ms at most"
    if name.startswith("Repair"):
        met = "met" if most.memory <= MEMORY else "NOT MET"
        more["memory"] += f" (goal: at most {MEMORY} MB: {met})"
    return Row(name, [1000 * each for each in said["seconds"]], more=more, goals=goals)


def run(
    served: web.Web, rounds: list[Couples], *, words: int, rate: float, patience: float = 10.0
) -> dict[str, Any]:
    """What the client found; with `quiet`, how the server looked when all streams were open and
    nothing was said, `idle`, what it then used of a processor, and `busy`, seconds for each word.

    patience: seconds after which a word has not come.
    """
    warm_up = min(2 * len(rounds[0]), 20)
    each = math.ceil(words / len(rounds))
    plan = client.Plan(served.port, rate, patience, warm_up, each, rounds)
    told: dict[str, Any] = {}
    used = count = 0.0
    with _client(plan) as process, web.looking(served) as look:
        assert process.stdout is not None
        for line in process.stdout:
            told |= json.loads(line)
            if "ready" in told:
                before = served.used()
                time.sleep(QUIET)
                quiet, used = look(), used - (ready := served.used())
                idle = (ready - before) / QUIET
                del told["ready"]
            elif "said" in told:
                used, count = used + served.used(), count + told.pop("said")
        assert process.wait(10) == 0, "the client failed"
    return told | {"quiet": quiet, "idle": idle, "busy": used / count}


@contextmanager
def _client(plan: client.Plan) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.client"],
        cwd=ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        preexec_fn=end_with_parent,  # noqa: PLW1509
    )
    assert process.stdin is not None
    process.stdin.write(plan.as_json())
    process.stdin.close()
    try:
        yield process
    finally:
        process.kill()
        process.wait()
