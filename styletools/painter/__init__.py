"""A network that paints at once: trained for one painting, it turns any photograph into a picture.

`network` is its layers, `training` how it learns, `painter` a trained one and its file. Names,
listed in the stub `__init__.pyi`, are loaded when they are first used, so that
``python -m styletools.painter --help`` does not wait.
"""

from ..lazy import attached

__getattr__, __dir__, __all__ = attached(__name__, __file__)
