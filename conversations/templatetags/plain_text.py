"""For pages that are plain text."""

from django import template

register = template.Library()


@register.filter
def set_in(words: str) -> str:
    """The words with two spaces before every line, whatever sign ends the line before it.

    What stands at the edge is then written by Repair and by nobody else.
    """
    return "".join(f"  {line}" for line in words.splitlines(keepends=True))
