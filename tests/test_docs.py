"""What README and docs point to is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
LINK = re.compile(r"\]\(([^)#:]+)\)")


def broken_links(page: Path, text: str) -> set[str]:
    """Relative links in `text` that lead nowhere from where `page` is."""
    return {link for link in LINK.findall(text) if not (page.parent / link).exists()}


def test_every_relative_link_leads_somewhere():
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    assert {
        page.name: broken for page in pages if (broken := broken_links(page, page.read_text()))
    } == {}


def test_a_link_that_leads_nowhere_is_caught():
    assert broken_links(ROOT / "README.md", "[it](docs/no-such-page.md)") == {
        "docs/no-such-page.md"
    }
