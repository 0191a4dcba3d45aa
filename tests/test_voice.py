"""How the software speaks (docs/voice.md): what is never said, and how hard it is to read."""

import inspect
import re

import pytest
from allauth.account import fields as allauth_fields
from allauth.account import forms as allauth_forms

from accounts.adapter import Adapter
from accounts.forms import IN_OUR_WORDS
from tests import voice
from tests.voice import ROOT, faults, grade, sentences, syllables, words

# It uses no database.
pytestmark = pytest.mark.once

ROW = re.compile(r"^\| (?!never|---)(.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
ROWS = ROW.findall((ROOT / "docs" / "voice.md").read_text(encoding="utf-8"))
NEVER_SAID = [sentence for row in ROWS for sentence in re.split(r"(?<=[.?!])\s+", row[0])]
SAID_INSTEAD = [row[2] for row in ROWS]
INNOCENT = [
    "Hand it back unread",
    "Less than ten minutes are left.",
    "You need not read it, today or ever.",
    "There is nothing that you need to do.",
    "You do not have to say your name.",
    "In the conversation of 5 December 2026",
    "Up to 4000 characters",
    "How safe was it, from 1 to 5?",
    "The earliest go first; others wait for the one after.",
    "A victim support service can tell you.",
    "That did not work several times in a row.",
    "Take the Thursday theatre, where others are.",
    "It was opened a moment ago.",
    "If you leave this page, nothing happens, and nobody is told.",
    "You wanted to read this again before it goes.",
]
IN_OTHER_WORDS = [
    "They are waiting to hear from you.",
    "Ben waits to hear from you.",
    "Ben has been waiting.",
    "Somebody is waiting on you.",
    "Only 2 more days are left.",
    "Only a few days left.",
    "Only 3 letters are left.",
    "Just two days left.",
    "You have 3 letters waiting.",
]
# Of the sign-in library: said on no page of ours, for this reason.
NEVER_SHOWN = {
    "You must type the same email each time.": "there is no second field for an address",
    "invalid_or_expired_key": "the page of the link says it in our words",
    "invalid_login": "it is for sign-in with other services, which there is not",
    "invalid_password_reset": "the page of the link says it in our words",
}


def test_nothing_is_said_that_is_never_said():
    found = [f"{each.where}: {fault}: {each.text}" for each in voice.everything()
             for fault in faults(each.text)]  # fmt: skip
    assert found == []


def test_no_sentence_is_too_long():
    found = [
        f"{each.where}: {sentence}"
        for each in voice.everything()
        if not each.for_hosts
        for sentence in sentences(each.text)
        if len(words(sentence)) > voice.LONGEST_SENTENCE
    ]
    assert found == []


def test_twelve_year_olds_can_read_every_page():
    found = voice.grades()
    assert len(found) > 30
    hard = {where: round(each, 1) for where, each in found.items() if each > voice.HIGHEST_GRADE}
    assert hard == {}


@pytest.mark.parametrize("sentence", NEVER_SAID + IN_OTHER_WORDS)
def test_each_sentence_that_the_page_says_is_never_said_is_found(sentence):
    assert faults(sentence), sentence


def test_each_pattern_is_shown_by_a_sentence_of_the_page_or_here():
    planted = [
        *NEVER_SAID,
        "Those who forgave get over it.",
        "Hooray, we reached a milestone!",
        "You have 4 pending proposals.",
        "It is too late to answer.",
        "That is a good start.",
        "Do not forget to write.",
    ]
    unused = [
        pattern
        for pattern in voice.NEVER
        if not any(re.search(pattern, sentence, re.IGNORECASE) for sentence in planted)
    ]
    assert unused == []


@pytest.mark.parametrize("text", [*SAID_INSTEAD, *INNOCENT])
def test_what_is_near_and_innocent_is_not_found(text):
    assert faults(text) == []


def test_what_the_page_says_is_said_instead_is_said():
    """The right column is taken from our own pages, or follows them closely."""
    said = " ".join(each.text for each in voice.everything())
    ours = [each for each in SAID_INSTEAD if sentences(each)[0].rstrip(".") in said]
    assert len(ours) >= 9


# --- Words are looked for wherever they are ------------------------------------------------------

PLANTED = "Ben is waiting for you"


@pytest.mark.parametrize(
    "source",
    [
        f"<p>{PLANTED}.</p>",
        "<p>Ben <strong>is waiting</strong>\n   for you.</p>{# fine #}",
        f'<button aria-label="{PLANTED}">x</button>',
        f'<form data-not-said="{PLANTED}" class="one two">',
        f"{{% if x %}}{PLANTED}{{% else %}}Nothing{{% endif %}}",
        f"Hello,\n\n{PLANTED}: {{{{ address }}}}\n",
        "{% if x %}<p>{{ name }} is waiting for you</p>{% endif %}",
        f'<p>{{{{ words|default:"{PLANTED}" }}}}</p>',
        f'{{% include "part.html" with label="{PLANTED}" %}}',
        f'{{% translate "{PLANTED}" %}}',
    ],
)
def test_it_is_found_in_a_template_or_a_mail(source):
    assert [
        fault for text in voice.template_texts(source) for fault in faults(" ".join(text.split()))
    ]


@pytest.mark.parametrize(
    "source",
    [
        f'{{# {PLANTED} #}}<p class="is waiting for you">Fine</p>',
        f"{{% comment %}}{PLANTED}{{% endcomment %}}",
        f"<!-- {PLANTED} --><p>Fine</p>",
    ],
)
def test_what_nobody_reads_is_passed_over(source):
    assert [fault for text in voice.template_texts(source) for fault in faults(text)] == []


def test_it_is_found_in_forms_tables_and_what_a_host_reads():
    source = f'''
LABEL = _("{PLANTED}")
TOLD = {{1: gettext_lazy("Ben is waiting " "for you")}}
many = ngettext("%(n)s new letter", "%(n)s new letters", n)
fail("{PLANTED} at the door")
def f():
    """{PLANTED} in a docstring."""
'''
    by_gettext = [fault for text in voice.python_texts(source) for fault in faults(text)]
    assert len(by_gettext) == 4
    others = [text for text in voice.other_texts(source) if faults(text)]
    assert f"{PLANTED} at the door" in others
    assert f"{PLANTED} in a docstring." not in others


def test_it_is_found_in_a_script():
    source = f'/* {PLANTED} */ tell("{PLANTED}"); find("[data-x] > p"); // {PLANTED}'
    assert [fault for text in voice.script_texts(source) for fault in faults(text)] != []
    assert len(list(voice.script_texts(source))) == 1


def test_every_kind_of_place_is_looked_at():
    places = {each.where for each in voice.everything()}
    for place in (
        "templates/conversations/pair.html",
        "templates/conversations/mail/notice.txt",
        "templates/account/email/base_message.txt",
        "repair/demo/templates/demo/bar.html",
        "boundaries/words.py",
        "conversations/forms.py",
        "templates/413.html",
        "accounts/help_lines.toml",
    ):
        assert place in places, place


def test_what_the_library_says_is_in_our_words_or_not_shown():
    source = inspect.getsource(allauth_forms) + inspect.getsource(allauth_fields)
    by_forms = {text for text in voice.python_texts(source) if faults(text)}
    by_adapter = {name for name, text in Adapter.error_messages.items() if faults(str(text))}
    assert by_forms | by_adapter == IN_OUR_WORDS.keys() | NEVER_SHOWN.keys()
    assert [fault for text in IN_OUR_WORDS.values() for fault in faults(str(text))] == []


# --- How hard it is to read ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "number"),
    [("cat", 1), ("table", 2), ("letter", 2), ("paused", 1), ("wanted", 2), ("conversation", 4),
     ("agreed", 2), ("the", 1), ("proposal", 3), ("pauses", 2), ("limits", 2), ("people", 2)],
)  # fmt: skip
def test_syllables_are_counted_well_enough(word, number):
    assert syllables(word) == number


def test_the_grade_is_that_of_the_formula():
    # Six words of one syllable each, in one sentence.
    assert grade("The cat sat on the mat.") == pytest.approx(0.39 * 6 + 11.8 - 15.59)


def test_a_page_that_is_hard_to_read_is_found():
    hard = (
        "Notwithstanding aforementioned stipulations, participation necessitates authentication. "
        "Communication availability is conditional on bilateral authorisation."
    )
    assert grade(hard) > 2 * voice.HIGHEST_GRADE
    assert grade("You can pause at any time. You need no reason.") < 4


def test_sentences_end_where_they_end():
    assert sentences("You said “go ahead.” Then it opens. At 18:00; not before: so be it") == [
        "You said “go ahead.", "Then it opens.", "At 18:00; not before: so be it",
    ]  # fmt: skip
