"""A network that paints at once: trained for one painting, it turns any photograph into a picture.

`network` is its layers, `training` how it learns, `painter` a trained one and its file. Names are
loaded when they are first used, so that ``python -m styletools.painter --help`` does not wait.
"""

from importlib import import_module

_WHERE = {
    "Painter": "painter",
    "Training": "training",
    "bundled_painters": "painter",
    "folded": "network",
    "painter_network": "network",
    "random_crops": "training",
    "train_painter": "training",
}
__all__ = [*_WHERE]


def __getattr__(name):
    if name not in _WHERE:
        raise AttributeError(f"module 'styletools.painter' has no attribute {name!r}")
    return getattr(import_module(f".{_WHERE[name]}", __name__), name)
