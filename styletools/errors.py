"""The one exception that every refusal of styletools raises."""


class StyletoolsError(ValueError):
    """Something given to styletools cannot be used; the message says what and what to do."""
