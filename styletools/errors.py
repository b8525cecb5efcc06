"""The one exception that every refusal of styletools raises, and how a value is worded in it."""

import re

# The folders of a path: a reader of a web page has no business with them.
FOLDERS = re.compile(r"[\w.~:-]*[/\\](?=[\w./\\~-])")
SHOWN = 160  # characters of a file name that a message shows


class StyletoolsError(ValueError):
    """Something given to styletools cannot be used; the message says what and what to do."""


def in_words(error):
    """What to tell a reader of `error`: a `StyletoolsError` speaks for itself."""
    if isinstance(error, StyletoolsError):
        return str(error)
    return f"This went wrong: {type(error).__name__}: {FOLDERS.sub('', str(error))}"


def quoted(name):
    """`name` as a message shows it: in quotes, on one line, shortened in the middle."""
    text = str(name)
    if len(text) > SHOWN:
        text = f"{text[: SHOWN // 2]}…{text[-SHOWN // 2 :]}"
    return "'" + "".join(c if c.isprintable() else repr(c)[1:-1] for c in text) + "'"


def reason(error):
    """The first line of an exception's message, or its kind if it has none."""
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return quoted(text.splitlines()[0])[1:-1]


def shown(value):
    """`value` as a message shows it: as in Python, on one line, shortened in the middle."""
    try:
        return quoted(repr(value))[1:-1]
    except ValueError:  # Python prints no number of over 4300 digits
        return f"a very large {type(value).__name__}"
