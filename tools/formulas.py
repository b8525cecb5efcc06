"""Formulas as MathML, which browsers draw by themselves, and the font that they are drawn in."""

import re
from html import escape
from importlib.util import find_spec
from pathlib import Path

from latex2mathml.converter import convert

STIX = Path(find_spec("ziamath").origin).parent / "fonts" / "STIXTwoMath-Regular.ttf"

# What latex2mathml does not know, runs together with its neighbours, or draws like plain letters.
TEX = {rf"\{name}": rf"\operatorname{{{name}}}" for name in ("arg", "cos", "sin")}
TEX |= {r"\mathrm{": r"\text{", r"\mathcal F": "ℱ"}


def mathml(tex, display):
    """A formula's markup, with the TeX as what a screen reader falls back on."""
    plain = re.sub(r"(\\text\{[^$}]*)\$([^$]*)\$", r"\1}\2\\text{", tex)  # formula in text
    for command, known in TEX.items():
        plain = plain.replace(command, known)
    markup = convert(plain, display=display)
    for bar in ("<mo>&#x02016;", "<mo>&#x0007C;"):  # as tall as a letter, as in TeX
        markup = markup.replace(bar, bar.replace("<mo>", '<mo stretchy="false">'))
    return markup.replace("<math", f'<math alttext="{escape(tex, quote=True)}"', 1)
