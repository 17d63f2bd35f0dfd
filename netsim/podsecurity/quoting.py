"""Texts in quotes as Go prints them."""

_ESCAPES = {
    '"': '\\"',
    "\\": "\\\\",
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
}
_ASCII_END, _LONG = 0x80, 0x10000


def go_quoted(text: str) -> str:
    r"""A text as Go's `%q` prints it.

    >>> print(go_quoted('a"b\n'))
    "a\"b\n"
    """
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(letter: str) -> str:
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    if letter.isprintable():
        return letter
    number = ord(letter)
    if number < _ASCII_END:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < _LONG else f"\\U{number:08x}"
