"""Take the pictures of the playground after 60 steps, wide and narrow: `make screenshot`."""

import re
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image

from browser import button, chromium, web_page

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
WIDTHS = {"playground": (1300, 1500), "playground_telephone": (390, 2400)}  # and heights
WAIT = 600_000  # milliseconds, at most
CHOSEN = {"content": "neuschwanstein", "style": "great_wave", "size": "256"}
MOVES = {20: ("content_weight", 100), 40: ("style_weight", 150)}  # steps, slider, arrow keys


def taken():
    """{name: picture} of the playground as a visitor sees it who moved two sliders on the way."""
    with (
        tempfile.TemporaryDirectory() as folder,
        web_page(Path(folder)) as address,
        chromium() as browser,
    ):
        page = browser.new_page()
        page.set_default_timeout(WAIT)
        page.goto(address)
        button(page, "Start").wait_for()
        for name, value in CHOSEN.items():
            page.get_by_label(re.compile(rf"^{name}( \(|$)")).select_option(value)
        button(page, "Start").click()
        for steps, (name, keys) in MOVES.items():
            wait_for(page, steps)
            button(page, "Pause").click()
            button(page, "Keep").click()
            page.locator(".widget-slider", has_text=name).locator(".noUi-handle").focus()
            for _ in range(keys):
                page.keyboard.press("ArrowRight")
            button(page, "Start").click()
        wait_for(page, 60)
        button(page, "Keep").click()
        button(page, "weights of 3").wait_for()
        page.wait_for_timeout(1000)  # the last curves are on their way
        return {name: shot(page, *sides) for name, sides in WIDTHS.items()}


def wait_for(page, steps):
    """Wait until so many have been taken."""
    page.wait_for_function(f"document.body.innerText.match(/step (\\d+) of/)?.[1] >= {steps}")


def shot(page, width, height):
    """The playground on a page so wide, and no higher than it is."""
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_timeout(1000)
    return page.locator(".jupyter-widgets.widget-vbox").first.screenshot()


if __name__ == "__main__":
    for name, picture in taken().items():
        Image.open(BytesIO(picture)).convert("RGB").save(PICTURES / f"{name}.jpg", quality=85)
