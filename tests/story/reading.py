"""Reads a page as a browser does: its words, its links, and its forms with what they would send."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

Sent = list[tuple[str, str]]

VOID = frozenset({"meta", "link", "input", "br", "hr", "img"})
UNSEEN = frozenset({"head", "script", "style", "template"})
LINE = frozenset({"p", "li", "dt", "dd", "h1", "h2", "h3", "div", "legend", "label", "option"})


@dataclass
class Button:
    """What a form is sent with. `action` is where to, if not where the form says."""

    name: str
    value: str
    action: str
    text: str = ""


@dataclass
class Form:
    """A form: where it goes, the names of its controls, and what it would send untouched."""

    action: str
    method: str
    names: set[str] = field(default_factory=set)
    filled: Sent = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)

    def sent(self, button: Button, values: dict[str, object]) -> Sent:
        """What goes out when somebody types `values` and presses `button`.

        A value is text, several texts, or True or False for a box.
        """
        unknown = values.keys() - self.names
        assert not unknown, f"The form to {self.action} has no {unknown}, only {self.names}"
        kept = [(name, text) for name, text in self.filled if name not in values]
        typed = [(name, text) for name, value in values.items() for text in _texts(value)]
        pressed = [(button.name, button.value)] if button.name else []
        return [(name, _as_sent(text)) for name, text in [*kept, *typed, *pressed]]


class Page(HTMLParser):
    """One page. Made for our own well-formed pages, not for any page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: dict[str, str] = {}
        self.forms: list[Form] = []
        self._words: list[str] = []
        self._open: list[tuple[str, dict[str, str], list[str]]] = []
        self._options: list[tuple[str, bool]] = []
        self.feed(html)

    @property
    def text(self) -> str:
        """All that is to be read, in one line."""
        return " ".join("".join(self._words).split())

    def button(self, text: str) -> tuple[Form, Button]:
        """The one button whose words begin with `text`, and its form."""
        found = [
            (form, button)
            for form in self.forms
            for button in form.buttons
            if button.text.startswith(text)
        ]
        assert found, f"No button “{text}” on this page: {self.text}"
        return found[0]

    def link(self, text: str) -> str:
        """Where the first link leads whose words begin with `text`."""
        found = [where for words, where in self.links.items() if words.startswith(text)]
        assert found, f"No link “{text}” on this page: {self.text}"
        return found[0]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag in LINE:
            self._words.append(" ")
        if tag == "form":
            self.forms.append(Form(known.get("action", ""), known.get("method", "get")))
        elif tag == "input" and self._form:
            self._add_input(self._form, known)
        if tag not in VOID:
            self._open.append((tag, known, []))

    def handle_endtag(self, tag: str) -> None:
        if tag not in {name for name, _, _ in self._open}:
            return
        while self._open:
            name, attrs, words = self._open.pop()
            self._end(name, attrs, "".join(words))
            if name == tag:
                return

    def handle_data(self, data: str) -> None:
        for _, _, words in self._open:
            words.append(data)
        if not UNSEEN & {tag for tag, _, _ in self._open}:
            self._words.append(data)

    @property
    def _form(self) -> Form | None:
        inside = any(tag == "form" for tag, _, _ in self._open)
        return self.forms[-1] if inside else None

    @staticmethod
    def _add_input(form: Form, attrs: dict[str, str]) -> None:
        name, kind = attrs.get("name", ""), attrs.get("type", "text")
        form.names.add(name)
        is_box = kind in ("checkbox", "radio")
        if not is_box or "checked" in attrs:
            form.filled.append((name, attrs.get("value", "on" if is_box else "")))

    def _end(self, tag: str, attrs: dict[str, str], words: str) -> None:
        if tag == "a":
            self.links.setdefault(" ".join(words.split()), attrs.get("href", ""))
        elif tag == "option":
            self._options.append((attrs.get("value", words), "selected" in attrs))
        elif self._form:
            self._end_control(self._form, tag, attrs, words)

    def _end_control(self, form: Form, tag: str, attrs: dict[str, str], words: str) -> None:
        name = attrs.get("name", "")
        if tag == "select":
            chosen = [value for value, selected in self._options if selected]
            first = [value for value, _ in self._options[:1]]
            form.filled += [(name, value) for value in chosen or first]
            form.names.add(name)
            self._options = []
        elif tag == "textarea":
            form.filled.append((name, words.removeprefix("\n")))
            form.names.add(name)
        elif tag == "button" and attrs.get("type") == "submit":
            action = attrs.get("formaction", form.action)
            text = " ".join(words.split())
            form.buttons.append(Button(name, attrs.get("value", ""), action, text))


def _texts(value: object) -> list[str]:
    if isinstance(value, bool):
        return ["on"] if value else []
    return [str(each) for each in value] if isinstance(value, list | tuple) else [str(value)]


def _as_sent(text: str) -> str:
    """A browser sends every line end as two signs."""
    return text.replace("\r\n", "\n").replace("\n", "\r\n")
