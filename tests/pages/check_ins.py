"""How somebody comes to a check-in: by the link on the page with which they begin."""

from tests.pages.visitor import ClientVisitor

LINK_BEFORE, LINK_AFTER = "Before the conversation of", "After the conversation of"


def start(visitor: ClientVisitor, link: str) -> None:
    """Follow this link from the first page."""
    visitor.open("/")
    visitor.follow(link)
