"""Reads a page as a browser would: its elements, in order, with their attributes and text."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Element:
    tag: str
    attrs: dict[str, str]
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text within, as it is read out."""
        return " ".join("".join(self.texts).split())


class Page(HTMLParser):
    """The elements of a page. Made for our own well-formed pages, not for any page."""

    void = frozenset({"meta", "link", "input", "br", "hr", "img"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in self.void:
            self._open.append(element)

    def handle_endtag(self, tag):
        while self._open and self._open.pop().tag != tag:
            pass

    def handle_data(self, data):
        for element in self._open:
            element.texts.append(data)

    def all(self, tag: str, **attrs: str) -> list[Element]:
        """Return the elements of this tag that have these attributes (`class_`, `type_`: bare)."""
        wanted = {name.rstrip("_"): value for name, value in attrs.items()}
        return [e for e in self.elements if e.tag == tag and wanted.items() <= e.attrs.items()]

    def one(self, tag: str, **attrs: str) -> Element:
        (found,) = self.all(tag, **attrs)
        return found
