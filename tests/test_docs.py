"""What README and docs point to is there."""

import re
from pathlib import Path

from tests import compose

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


def test_what_a_host_is_told_to_set_reaches_the_containers():
    told = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs/hosting.md").read_text(), re.M))
    services = compose.services()
    assert {"SECRET_KEY", "REPAIR_SOURCE_URL"} <= told
    assert told - set(services["web"]["environment"]) == set()
    # The others keep no connections, so that their number is nothing to them.
    for name in ("migrate", "worker", "mail", "beat"):
        assert told - set(services[name]["environment"]) == {"DATABASE_CONNECTIONS"}
