"""How numbers stand in links."""

from django.template import Library

register = Library()


@register.filter
def dialled(number: str) -> str:
    """A number as a phone takes it (RFC 3966): its digits, and a plus if it begins with one."""
    digits = "".join(sign for sign in number if sign.isdecimal())
    return f"+{digits}" if number.startswith("+") else digits
