"""Neural style transfer, step by step: what more than one lesson of the course needs.

Pictures are float32 NumPy arrays (H, W, 3), RGB, values in [0, 1]. Names, listed in the stub
`__init__.pyi`, are loaded when they are first used, so that reading pictures and
``styletools --help`` do not wait for TensorFlow.
"""

from .lazy import attached

__getattr__, __dir__, __all__ = attached(__name__, __file__)
