"""What notebooks need besides the method.

`plots` draws figures, `visualize` shows what a layer sees, `controls` has what a reader moves,
`machine` picks sizes and tells what to expect, `exercises` compares a student's answer with the
key in `answers`. Names, listed in the stub `__init__.pyi`, are loaded when they are first used, so
that figures need no widgets.
"""

from ..lazy import attached

__getattr__, __dir__, __all__ = attached(__name__, __file__)
