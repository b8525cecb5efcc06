"""The one exception that every refusal of styletools raises, and what is said of others."""

import re

# The folders of a path: a reader of a web page has no business with them.
FOLDERS = re.compile(r"[\w.~:-]*[/\\](?=[\w./\\~-])")


class StyletoolsError(ValueError):
    """Something given to styletools cannot be used; the message says what and what to do."""


def in_words(error):
    """What to tell a reader of `error`: a `StyletoolsError` speaks for itself."""
    if isinstance(error, StyletoolsError):
        return str(error)
    return f"This went wrong: {type(error).__name__}: {FOLDERS.sub('', str(error))}"
