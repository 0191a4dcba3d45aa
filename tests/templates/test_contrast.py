"""The colours of the stylesheet reach WCAG AA, in light and in dark, wherever they meet."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
TEXT, EDGE = 4.5, 3.0  # WCAG 1.4.3 for text of any size, 1.4.11 for edges and focus rings
GROUNDS = ["paper", "surface", "sunken"]

TEXT_PAIRS = [
    *[("ink", ground) for ground in [*GROUNDS, "accent-soft", "error-soft"]],
    *[("muted", ground) for ground in GROUNDS],
    *[("accent", ground) for ground in [*GROUNDS, "accent-soft"]],
    *[("accent-strong", ground) for ground in [*GROUNDS, "accent-soft"]],
    *[("error", ground) for ground in [*GROUNDS, "error-soft"]],
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("on-pause", "pause"),
]
EDGE_PAIRS = [
    *[("edge", ground) for ground in GROUNDS],
    *[("focus", ground) for ground in [*GROUNDS, "accent-soft", "error-soft"]],
    *[("error", ground) for ground in GROUNDS],
    ("pause", "paper"),
    ("accent", "accent-soft"),
]
PAIRS = [(*pair, TEXT) for pair in TEXT_PAIRS] + [(*pair, EDGE) for pair in EDGE_PAIRS]


def stylesheet() -> str:
    return (ROOT / "static" / "repair.css").read_text(encoding="utf-8")


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


def schemes(css: str) -> dict[str, dict[str, str]]:
    """Return the colours of each scheme; what dark does not name again, it has from light."""
    tokens = r":root \{(.*?)\}"
    dark_too = r"@media screen and \(prefers-color-scheme: dark\) \{\s*"
    ((light, dark),) = re.findall(
        f"^  {tokens}.*?{dark_too}{tokens}", css, re.DOTALL | re.MULTILINE
    )
    return {"light": colours(light), "dark": colours(light) | colours(dark)}


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio(one: str, other: str) -> float:
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


def too_faint(tokens: dict[str, str]) -> list[str]:
    found = [(a, b, ratio(tokens[a], tokens[b]), least) for a, b, least in PAIRS]
    return [f"{a} on {b}: {got:.2f} < {least}" for a, b, got, least in found if got < least]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_pair_in_use_reaches_aa(scheme):
    assert too_faint(schemes(stylesheet())[scheme]) == []


def test_the_ratio_is_the_one_of_wcag():
    assert ratio("#ffffff", "#000000") == pytest.approx(21)
    assert ratio("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_faint_pair_is_caught(scheme):
    tokens = schemes(stylesheet())[scheme] | {"muted": "#8d897e", "paper": "#8c887d"}
    assert any(fault.startswith("muted on paper") for fault in too_faint(tokens))


def test_dark_names_every_colour_again():
    light, dark = schemes(stylesheet()).values()
    assert {name for name in light if light[name] == dark[name]} == set()


def test_only_tokens_name_colours():
    css = re.sub(r"/\*.*?\*/", "", stylesheet(), flags=re.DOTALL)
    below_the_tokens = css[css.index("@layer base {") :]
    raw = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch|oklab)a?\(|:\s*(?:white|black)\b")
    assert raw.findall(below_the_tokens) == []


def test_every_property_in_use_is_a_token():
    css = stylesheet()
    assert set(re.findall(r"var\(--([\w-]+)", css)) <= set(re.findall(r"--([\w-]+):", css))


def test_nothing_comes_from_elsewhere():
    assert re.findall(r"url\(|@import|@font-face", stylesheet()) == []


def test_the_browser_s_own_frame_has_the_colour_of_the_paper():
    page = (ROOT / "templates" / "base.html").read_text(encoding="utf-8")
    tokens = schemes(stylesheet())
    for scheme in ("light", "dark"):
        wanted = f'content="{tokens[scheme]["paper"]}" media="(prefers-color-scheme: {scheme})"'
        assert wanted in page
