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


def network_dtype(precision):
    """The network's type: "float32", or for "mixed" and "auto" what suits this machine.

    bfloat16 on processors and GPUs that compute with it, float16 on GPUs with tensor cores for
    it (a T4), float32 elsewhere. Raises `StyletoolsError` for another word.
    """
    if check_choice("precision", precision, PRECISIONS) == "float32":
        return "float32"
    return _machine_dtype()


@lru_cache
def _machine_dtype():
    gpus = tf.config.list_physical_devices("GPU")
    if not gpus:
        return "bfloat16" if _processor_has_bfloat16() else "float32"
    details = tf.config.experimental.get_device_details(gpus[0])
    capability = details.get("compute_capability", (0, 0))
    if capability >= (8, 0):
        return "bfloat16"
    return "float16" if capability >= (7, 0) else "float32"


def _processor_has_bfloat16():
    """Read from Linux, where it says so; unknown elsewhere."""
    facts = Path("/proc/cpuinfo")
    if platform.machine() != "x86_64" or not facts.is_file():
        return False
    words = facts.read_text().split()
    return "avx512_bf16" in words or "amx_bf16" in words
