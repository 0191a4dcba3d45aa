"""How many requests are answered at once: the others wait, and a pause waits for none of them."""

import asyncio
from collections import Counter

import pytest

from repair.turns import in_turns

pytestmark = pytest.mark.once

MOST, IN_ALL = 2, 6


class App:
    """An application whose answers come when it is let go. inside: what it is at, by session."""

    def __init__(self):
        self.inside, self.answered, self.go = Counter(), Counter(), asyncio.Event()

    async def __call__(self, scope, _receive, send):
        self.inside[scope["by"]] += 1
        await self.go.wait()
        self.inside[scope["by"]] -= 1
        self.answered[scope["by"]] += 1
        if scope["path"] == "/fault/":
            raise ValueError
        await send({"type": "http.response.body", "body": b"done"})


def asked(by, *, path="/pairs/", method="GET", cookie="theme=dark; sessionid={}", type_="http"):
    headers = [(b"Cookie", cookie.format(by).encode("latin-1"))]
    return {"type": type_, "path": path, "method": method, "by": by, "headers": headers}


def pause(by, path="/pairs/1/pause/"):
    return asked(by, path=path, method="POST")


def inside(*scopes, send=None):
    """How many requests of whom are being answered at once, and how many were in the end."""

    async def sent(_event):
        pass

    async def tell():
        app = App()
        application = in_turns(app, of_one=MOST, in_all=IN_ALL)
        tasks = [asyncio.create_task(application(each, None, send or sent)) for each in scopes]
        for _ in range(9):
            await asyncio.sleep(0)
        at_once = +app.inside
        app.go.set()
        _, rest = await asyncio.wait(tasks, timeout=None if send is None else 0.2)
        for task in rest:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return at_once, app.answered

    return asyncio.run(tell())


def test_so_many_of_each_and_in_the_end_all():
    at_once, answered = inside(*[asked("ben")] * 5, *[asked("ana")] * 2)
    assert at_once == {"ben": MOST, "ana": 2}
    assert answered == {"ben": 5, "ana": 2}


def test_r13_a_pause_waits_for_nobody_s_other_requests():
    everybody = [asked(f"ben {n}") for n in range(IN_ALL + 2)]
    at_once, _ = inside(*everybody, pause("ana"), pause("ben 0", "/pause/"))
    assert at_once["ana"] == 1
    assert at_once["ben 0"] == 2
    assert at_once.total() == IN_ALL + 2


def test_r13_nobody_takes_what_is_kept_for_pauses_by_pausing_in_many_tabs():
    assert inside(*[pause("ben")] * 5, pause("ana"))[0] == {"ben": 1, "ana": 1}


def test_what_only_ends_like_a_pause_is_none():
    everybody = [asked(f"ben {n}") for n in range(IN_ALL)]
    assert "ana" not in inside(*everybody, asked("ana", path="/pairs/1/pause/"))[0]


def test_r13_who_does_not_read_an_answer_keeps_nobody_waiting():
    async def nobody_reads(_event):
        await asyncio.Event().wait()

    assert inside(*[asked("ben")] * 9, send=nobody_reads)[1] == {"ben": 9}


def test_a_fault_gives_its_turn_back():
    _, answered = inside(*[asked("ben", path="/fault/")] * 5)
    assert answered == {"ben": 5}


@pytest.mark.parametrize(
    "before", ["path=1; ", "a b; ", 'theme={{"a":1}}; ', "\xe9=1; ", "[x]=1; ", "=; ;;"]
)
def test_a_session_is_found_whatever_stands_before_it(before):
    """As Django finds it, which reads on where others stop."""
    assert inside(*[asked("x", cookie=before + "sessionid={}")] * 5)[0] == {"x": MOST}


@pytest.mark.parametrize("cookie", ["", "theme=dark", "sessionid="])
def test_without_a_session_only_the_number_in_all_counts(cookie):
    assert inside(*[asked("x", cookie=cookie)] * 9)[0] == {"x": IN_ALL}


def test_what_is_no_request_is_passed_on():
    assert inside(*[asked("x", type_="lifespan")] * 9)[0] == {"x": 9}
