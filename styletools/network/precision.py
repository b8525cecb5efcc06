"""Which numbers the network computes with: half the bits where the machine is faster with them.

Gram matrices, losses, total variation, gradients of the picture and the optimizer's state stay
float32 in any case.
"""

import platform
from functools import lru_cache
from pathlib import Path

from ..quiet import import_tensorflow
from ..settings import check_choice

tf = import_tensorflow()

PRECISIONS = ("auto", "float32", "mixed")
PROCESSOR = Path("/proc/cpuinfo")


def network_dtype(precision):
    """The network's type: "float32", or for "mixed" and "auto" what suits this machine.

    bfloat16 on processors and GPUs that are faster with it, float16 on GPUs with tensor cores for
    it (a T4), float32 elsewhere. Raises `StyletoolsError` for another word.
    """
    if check_choice("precision", precision, PRECISIONS) == "float32":
        return "float32"
    return _machine_dtype()


@lru_cache
def _machine_dtype():
    gpus = tf.config.list_physical_devices("GPU")
    if not gpus:
        return "bfloat16" if _bfloat16_is_faster() else "float32"
    details = tf.config.experimental.get_device_details(gpus[0])
    capability = details.get("compute_capability", (0, 0))
    if capability >= (8, 0):
        return "bfloat16"
    return "float16" if capability >= (7, 0) else "float32"


def _bfloat16_is_faster():
    """Read from Linux, where it says so; unknown elsewhere.

    With AMX, or on AMD's processors. Intel's AVX-512 alone computes with bfloat16 too, but a
    Xeon of 2023 without AMX takes 1.8 times as long for it as for float32.
    """
    if platform.machine() != "x86_64" or not PROCESSOR.is_file():
        return False
    words = PROCESSOR.read_text().split()
    return "amx_bf16" in words or {"avx512_bf16", "AuthenticAMD"} <= set(words)
