"""Python that paints a picture again, written from how it was painted."""

import inspect

from ..transfer import StyleTransfer

DEFAULTS = {
    name: parameter.default
    for name, parameter in inspect.signature(StyleTransfer).parameters.items()
    if parameter.default is not parameter.empty
}


def recipe(content, style, size, path, **settings):
    """The code of a transfer whose weights may have changed on the way.

    Parameters
    ----------
    content, style : str
        Python for what `load_image` takes: a name in quotes, or a variable. Both pictures have
        `size` pixels on their longer side.
    path : list of (dict, int)
        The weights, as `StyleTransfer` names them, and for how many steps they held.
    settings : dict
        The other settings of the `StyleTransfer`. What is the default is not written.
    """
    pictures = [f"st.load_image({source}, {size})" for source in (content, style)]
    first, steps = path[0]
    arguments = [*pictures, *_keywords(settings | first)]
    if len(path) == 1:
        return f"image = st.transfer_style({', '.join([*arguments, f'steps={steps}'])}).image"
    lines = ["# The weights were changed on the way."]
    lines += [f"transfer = st.StyleTransfer({', '.join(arguments)})", f"transfer.run({steps})"]
    for (before, _), (weights, steps) in zip(path, path[1:], strict=False):
        changed = {name: value for name, value in weights.items() if value != before[name]}
        lines += [f"transfer.{name} = {value!r}" for name, value in changed.items()]
        lines.append(f"transfer.run({steps})")
    return "\n".join([*lines, "image = transfer.image"])


def _keywords(settings):
    return [f"{name}={value!r}" for name, value in settings.items() if value != DEFAULTS[name]]
