"""What Ben reads on every page to which a link leads him, at once and days after something."""

import re
from collections.abc import Callable
from typing import Any

from boundaries import actions
from conversations import actions as conversations
from tests import factories
from tests.accounts.pages import steady
from tests.pages.visitor import ClientVisitor

KEY = re.compile(rb'name="(?:key|aside)" value="[^"]+"')
ID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# Links, and where the page looks by itself.
LINK = re.compile(rb'(?:href|hx-get)="(/pairs/[^"?]+)[^"]*"')
# They hold nothing but what Ben typed, and are the slowest.
OWN_FORMS = ("/limits/", "/letters/new/")
Pages = dict[str, bytes]


def all_pages(visitor: ClientVisitor) -> Pages:
    """Every page in the pair that links lead to from the first one, without what differs each
    time.
    """
    pages: Pages = {}
    ahead = ["/"]
    while ahead:
        path = ahead.pop()
        answer = visitor.client.get(path, follow=True)
        assert answer.status_code == 200, path
        path = answer.request["PATH_INFO"]
        pages[path] = KEY.sub(b"", steady(answer.content))
        links = {link.decode() for link in LINK.findall(answer.content)}
        new = links - pages.keys() - set(ahead)
        ahead += sorted(link for link in new if not link.endswith(OWN_FORMS))
    return pages


def without_ids(pages: Pages) -> list[bytes]:
    """The same pages where keys are different by nature, as they are in two tellings."""
    return sorted(ID.sub(b"", page) for page in pages.values())


def sweep() -> None:
    actions.sweep()
    conversations.sweep()
    conversations.send_notices()


class Watch:
    """Tells what Ben sees after something, as if it had not happened before or after."""

    def __init__(self, ben: ClientVisitor, clock: Any) -> None:
        self.ben, self.clock = ben, clock

    def after(self, act: Callable[[], object], *days: float, at_once: bool = True) -> list[Pages]:
        """Ben's pages after `act`, at once and again after each of these numbers of days."""
        begun = self.clock.at
        with factories.undone():
            act()
            seen = [all_pages(self.ben)] if at_once else []
            for number in days:
                self.clock.move(days=number)
                sweep()
                seen.append(all_pages(self.ben))
        self.clock.go_to(begun)
        return seen
