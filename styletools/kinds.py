"""What the signatures of the public functions name, for people and type checkers."""

import os
from typing import IO, Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

Picture: TypeAlias = NDArray[np.float32]  # (H, W, 3), RGB, from 0 to 1
Mask: TypeAlias = NDArray[np.float32]  # (H, W), from 0 to 1
File: TypeAlias = str | os.PathLike[str]
Source: TypeAlias = File | bytes | IO[bytes] | Image.Image | ArrayLike
Tensor: TypeAlias = Any  # TensorFlow does not tell its types
