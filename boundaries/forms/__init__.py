"""The forms of this app.

Each turns what was typed into one value of the rules, or says what is wrong.
"""

from boundaries.forms.limits import LimitsForm
from boundaries.forms.terms import HOW_OFTEN, TermsForm

__all__ = ["HOW_OFTEN", "LimitsForm", "TermsForm"]
