"""Import TensorFlow with settings of ours, without its start-up messages or hiding real errors.

Since TensorFlow 2.19 the C++ start-up lines ignore ``TF_CPP_MIN_LOG_LEVEL`` alone
(tensorflow/tensorflow#100442): they go straight to file descriptor 2, so that is what is
turned away, during the import and the first operation and no longer.
"""

import contextlib
import os
import sys
import tempfile


@contextlib.contextmanager
def quiet_stderr():
    """Keep what is written to file descriptor 2 from the screen; show it if an error leaves."""
    sys.stderr.flush()
    with tempfile.TemporaryFile() as kept:
        screen = os.dup(2)
        os.dup2(kept.fileno(), 2)
        try:
            yield
        except BaseException:
            kept.seek(0)
            os.write(screen, kept.read())
            raise
        finally:
            os.dup2(screen, 2)
            os.close(screen)


def import_tensorflow():
    """Return the ``tensorflow`` module, its devices started, with nothing printed."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # warnings and below, after start-up
    # Keep the memory of one step for the next, in place of fresh pages from the system each time.
    os.environ.setdefault("TF_CPU_ALLOCATOR_USE_BFC", "true")
    with quiet_stderr():
        import tensorflow

        tensorflow.zeros(1)  # the first operation starts the devices, which also log
    return tensorflow
