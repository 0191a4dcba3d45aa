"""Everything that the software says, and how it says it: for `test_voice.py`.

docs/voice.md is for people; the table of what is never said, and why, is here and nowhere else.
`python -m tests.voice` shows how hard each page is to read.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path

ROOT = Path(__file__).parent.parent
APPS = ("accounts", "boundaries", "conversations", "checkins", "repair")
THING = "7"
"""What stands for a value that is put into a sentence: a number, so that counts are found."""

NEVER: dict[str, str] = {
    # Counting, and going on
    r"\bstreaks?\b|\b(?:days|weeks|conversations) in a row\b": "it makes a pause a loss",
    r"\bkeep (?:it up|going)\b|\bon track\b|\bmilestones?\b": "it praises going on",
    r"\b(?:only|just) (?:\w+ ){1,4}left\b": "it makes people hurry",
    r"\b\d+ (?:\w+ )?(?:new|unread|waiting|pending)\b": "it counts what waits",
    r"\bunread (?:letters?|messages?|envelopes?)\b": "it counts what waits",
    r"\d ?%(?!\w)|\bper ?cent\b|\bscores?\b|\bpoints\b|\blevels?\b": "it measures people",
    r"\bprogress(?:ing)?\b|\bgetting better\b|\bcloser\b": "it calls one direction the good one",
    # The other as somebody who waits or watches
    r"\bwait(?:s|ing)? (?:for (?:you|an? answer|a reply)|on you|to hear)\b|"
    r"\bha(?:s|ve) been waiting\b": "it makes the other's wish a duty",
    r"\b(?:last|was|were|been|is|are) (?:seen|active|online)\b": "it tells who is here",
    r"\bhas (?:seen|read|opened|viewed) your\b|\bis typing\b": "it is a receipt",
    r"\bmiss(?:es|ed)? you\b|\bcome back\b": "it pulls",
    # Urging
    r"\blast chance\b|\bnow or never\b|\btoo late to\b|\brunning out\b": "it frightens",
    r"\bhurry\b|\bact now\b|\bright away\b|\bas soon as possible\b|\burgent": "it urges",
    r"\b(?:don['\u2019]t|do not) (?:give up|wait|forget|miss)\b": "it urges",
    r"\bremember to\b|\breminders?\b|\byou (?:may|might) want to\b": "it chases",
    r"\bsure (?:that )?you want\b|\bare you sure\b|\breally want\b": "it doubts a decision",
    r"\bgiv(?:e|ing) up\b": "it makes stopping a defeat",
    # Praise and blame
    r"\bwell done\b|\b(?:good|nice) (?:job|work|start|choice|news)\b": "it praises",
    r"\bgreat\b|\bawesome\b|\bexcellent\b|\bamazing\b|\bproud\b|\bbrave\b": "it praises",
    r"\bcongratulations\b|\bhooray\b": "it praises",
    r"\b(?:have|has) not (?:answered|replied|written|been here)\b": "it blames silence",
    r"\bstill (?:has|have) not\b|\bstill (?:waiting|unread)\b": "it blames silence",
    r"\w+n['\u2019]t\b": "it is clipped, and harder to read for whom English is not the first",
    r"\byour fault\b|\byou (?:failed|forgot|ignored|missed|neglected)\b": "it blames",
    r"\byou (?:should|must|ought to|have to)\b": "it commands",
    r"\byou owe (?:them|him|her|it|somebody)\b": "nobody is owed",
    r"\bforgiv(?:e|en|eness|ing)\b|\bmove on\b|\bget over\b": "it tells people what to feel",
    r"\b(?:abuser|perpetrator|offender|survivor)s?\b|\bvictims?\b(?! support)": "it labels people",
    # How it sounds
    r"!(?!=)": "it shouts",
    r"\boops\b|\buh-oh\b|\bwhoops\b|\bsorry\b": "it plays, or wants to be comforted",
    r"\b(?:simply|obviously|of course|easily)\b": "what is easy for one is not for another",
    r"\b(?:he|she|him|his|hers?|himself|herself)\b": "it guesses who somebody is",
    r"\b(?:invalid|illegal|denied|forbidden|fatal)\b": "it sounds like a court",
    r"\bclick\b": "not everybody has a mouse: press",
    "[\U0001f000-\U0001faff\u2600-\u27bf\u2b50\u2764]": "a drawn feeling is nobody's own",
}
"""What is never said, as a pattern without regard to capitals, and why."""

LONGEST_SENTENCE = 30
"""Words."""

HIGHEST_GRADE = 7.0
"""That of twelve-year-olds."""

ENOUGH_WORDS = 30
"""So many make the grade of a page mean something."""

NOT_OURS = {"repair/demo/letters.py": "words of the two people of the demo, not of the software"}


@dataclass(frozen=True)
class Said:
    """One piece of text, and where it is. for_hosts: it is read at a terminal, or in a log."""

    where: str
    text: str
    for_hosts: bool = False


def everything() -> list[Said]:
    """Templates, mails, forms, tables of words, scripts, help lines, and what hosts read."""
    found = [*_templates(), *_python(), *_scripts(), *_help_lines()]
    return [replace(each, text=tidy) for each in found if (tidy := " ".join(each.text.split()))]


def grades() -> dict[str, float]:
    """The grade of what each file says in whole sentences, if they are enough."""
    said: dict[str, list[str]] = {}
    for each in everything():
        if not each.for_hosts:
            ended = [sentence for sentence in sentences(each.text) if sentence.endswith(ENDS)]
            said.setdefault(each.where, []).extend(ended)
    texts = {where: " ".join(ended) for where, ended in said.items()}
    return {where: grade(text) for where, text in texts.items() if len(words(text)) >= ENOUGH_WORDS}


def faults(text: str) -> list[str]:
    """What of `text` is never said, each with its reason."""
    return [
        f"“{found.group()}”: {why}"
        for pattern, why in NEVER.items()
        if (found := re.search(pattern, text, re.IGNORECASE))
    ]


# --- Where words are ---------------------------------------------------------------------------

COMMENT = re.compile(
    r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}|<!--.*?-->|<script.*?</script>", re.DOTALL
)
VALUE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
WORDS_IN_TAGS = re.compile(
    r'(?:data-[\w-]+|aria-label|title|alt|placeholder|value)="([^"]* [^"]*)"', re.DOTALL
)
IN_BRACES = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
QUOTED = re.compile(r'"([^"]*)"')
SEVERAL_WORDS = re.compile(r"[A-Z][a-z]+ [a-z]+")
ADDRESS = re.compile(r"\{% (?:url|static) .*?%\}")
BRANCH = re.compile(r"\{%.*?%\}", re.DOTALL)
INLINE = r"a|abbr|b|bdi|code|em|i|q|small|span|strong|time"
INLINE_TAG = re.compile(rf"</?(?:{INLINE})\b[^>]*>", re.DOTALL)
PLACEHOLDER = re.compile(r"%\(\w+\)s|%[sd]|\{\w*\}")
GETTEXT = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext"}
STRING = re.compile(r'"([^"\\\n]*)"|`([^`]*)`')


def template_texts(source: str) -> Iterator[str]:
    """What one template can show, piece by piece; each branch is a piece of its own."""
    source = COMMENT.sub(" ", source)
    for braces in IN_BRACES.findall(source):
        yield from (each for each in QUOTED.findall(braces) if len(words(each)) > 1)
    source = VALUE.sub(THING, source)
    source = ADDRESS.sub("x", source)
    yield from (each for each in WORDS_IN_TAGS.findall(source) if SEVERAL_WORDS.search(each))
    text = BRANCH.sub("\n\n", INLINE_TAG.sub("", source))
    for piece in re.split(r"<[^>]*>|\n\s*\n", text):
        yield unescape(piece)


def python_texts(source: str) -> Iterator[str]:
    """What stands in calls of gettext and its kin."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _name(node.func) in GETTEXT:
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield PLACEHOLDER.sub(THING, argument.value)


def other_texts(source: str) -> Iterator[str]:
    """Every other string of some words: lines at a start, in logs, of commands, plain answers.

    Not docstrings, which are for who reads the code, nor the keys of tables.
    """
    tree = ast.parse(source)
    passed_over = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            passed_over |= set(map(id, node.keys))
    for node in filter(lambda each: isinstance(each, ast.Constant), ast.walk(tree)):
        value = getattr(node, "value", None)
        if isinstance(value, str) and id(node) not in passed_over and len(words(value)) > 3:
            yield PLACEHOLDER.sub(THING, value)


def script_texts(source: str) -> Iterator[str]:
    """Strings with words in them: something between spaces that is no code."""
    without_comments = re.sub(r"/\*.*?\*/|^\s*//.*?$", "", source, flags=re.DOTALL | re.MULTILINE)
    for pair in STRING.findall(without_comments):
        for text in pair:
            if re.search(r"[A-Za-z]+ [a-z]+", text) and not re.search(r"[\[\]#>=]", text):
                yield text


def _templates() -> Iterator[Said]:
    folders = [ROOT / "templates", *(ROOT / app for app in APPS)]
    for folder in folders:
        for path in sorted([*folder.rglob("*.html"), *folder.rglob("*.txt")]):
            for text in template_texts(path.read_text(encoding="utf-8")):
                yield Said(_where(path), text)


def _python() -> Iterator[Said]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts and _where(path) not in NOT_OURS:
                source = path.read_text(encoding="utf-8")
                for text in python_texts(source):
                    yield Said(_where(path), text)
                for text in other_texts(source):
                    yield Said(_where(path), text, for_hosts=True)


def _scripts() -> Iterator[Said]:
    for folder in [ROOT / "static", *(ROOT / app for app in APPS)]:
        for path in sorted(folder.rglob("*.js")):
            for text in script_texts(path.read_text(encoding="utf-8")):
                yield Said(_where(path), text)


def _help_lines() -> Iterator[Said]:
    path = ROOT / "accounts" / "help_lines.toml"
    for text in re.findall(r'^(?:what_for|hours|words) = "(.*)"$', path.read_text(), re.MULTILINE):
        yield Said(_where(path), text)


def _where(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _name(function: ast.expr) -> str:
    return getattr(function, "id", getattr(function, "attr", ""))


# --- How easy they are to read -----------------------------------------------------------------

ENDS = (".", "?", "!", ".”", ".)")
WORD = re.compile(r"[A-Za-z]+(?:['\u2019][a-z]+)*")
END = re.compile(r"(?<=[.?!])[\u201d\u2019)]*\s+")


def sentences(text: str) -> list[str]:
    """The sentences of a text. A colon or semicolon ends none."""
    return [each.strip() for each in END.split(text) if WORD.search(each)]


def words(text: str) -> list[str]:
    """The words of a text, numbers aside."""
    return WORD.findall(text)


def syllables(word: str) -> int:
    """About how many syllables a word has: groups of vowels, less a silent e."""
    word = re.sub(r"[^a-z]", "", word.lower())
    groups = len(re.findall(r"[aeiouy]+", word))
    is_silent = re.search(r"[^aeiouyl]e$|[^aeiouydt]ed$|[^aeiouscxz]es$", word)
    return max(1, groups - bool(is_silent))


def grade(text: str) -> float:
    """The Flesch-Kincaid grade of a text in whole sentences; reading age is about five years more.

    J. P. Kincaid, R. P. Fishburne, R. L. Rogers and B. S. Chissom, "Derivation of new readability
    formulas for Navy enlisted personnel", Research Branch Report 8-75, 1975: 0.39 words per
    sentence + 11.8 syllables per word - 15.59. It knows nothing of what words mean. It finds long
    sentences and long words, and is trusted for no more than that.
    """
    all_words = words(text)
    per_sentence = len(all_words) / len(sentences(text))
    per_word = sum(map(syllables, all_words)) / len(all_words)
    return 0.39 * per_sentence + 11.8 * per_word - 15.59


if __name__ == "__main__":
    for where, found in sorted(grades().items(), key=lambda each: -each[1]):
        print(f"{found:4.1f}  {where}")  # noqa: T201 - this is what it is for
