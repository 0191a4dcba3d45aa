"""How many requests of one session are answered at once: the others wait, and a pause does not."""

import asyncio
from collections import Counter

import pytest

from repair.turns import in_turns

pytestmark = pytest.mark.once

MOST = 2


class App:
    """An application whose answers come when it is let go. inside: what it is at, by session."""

    def __init__(self):
        self.inside, self.answered, self.go = Counter(), Counter(), asyncio.Event()

    async def __call__(self, scope, _receive, _send):
        self.inside[scope["by"]] += 1
        await self.go.wait()
        self.inside[scope["by"]] -= 1
        self.answered[scope["by"]] += 1
        if scope["path"] == "/fault/":
            raise ValueError


def asked(by, *, path="/pairs/", cookie=None, type_="http"):
    said = f"theme=dark; sessionid={by}" if cookie is None else cookie
    return {"type": type_, "path": path, "by": by, "headers": [(b"Cookie", said.encode())]}


def inside(*scopes):
    """How many requests of whom are being answered at once, and how many were in the end."""

    async def tell():
        app = App()
        application = in_turns(app, MOST)
        tasks = [asyncio.create_task(application(scope, None, None)) for scope in scopes]
        for _ in range(5):
            await asyncio.sleep(0)
        at_once = +app.inside
        app.go.set()
        await asyncio.gather(*tasks, return_exceptions=True)
        return at_once, app.answered

    return asyncio.run(tell())


def test_so_many_of_each_and_in_the_end_all():
    at_once, answered = inside(*[asked("ben")] * 5, *[asked("ana")] * 2)
    assert at_once == {"ben": MOST, "ana": 2}
    assert answered == {"ben": 5, "ana": 2}


def test_r13_a_pause_waits_for_no_turn():
    pauses = [asked("ben", path="/pairs/1/pause/"), asked("ben", path="/pause/")]
    at_once, _ = inside(*[asked("ben")] * 5, *pauses)
    assert at_once == {"ben": MOST + len(pauses)}


def test_a_fault_gives_its_turn_back():
    _, answered = inside(*[asked("ben", path="/fault/")] * 5)
    assert answered == {"ben": 5}


@pytest.mark.parametrize("cookie", ["", "theme=dark", "sessionid=", "a\x00b=\xff;;==", "[bad]=1"])
def test_without_a_session_nobody_waits(cookie):
    assert inside(*[asked("x", cookie=cookie)] * 5)[0] == {"x": 5}


def test_what_is_no_request_is_passed_on():
    assert inside(*[asked("x", type_="lifespan")] * 5)[0] == {"x": 5}
