"""Take the picture of the playground after 60 steps: `make screenshot`."""

import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image

from browser import button, chromium, web_page

TARGET = Path(__file__).resolve().parent.parent / "docs" / "pictures" / "playground.jpg"
WAIT = 600_000  # milliseconds, at most
MOVES = {20: ("style_weight", 8), 40: ("content_weight", -25)}  # steps, slider, arrow keys


def taken():
    """The playground as a visitor sees it whose sliders were moved twice on the way."""
    with (
        tempfile.TemporaryDirectory() as folder,
        web_page(Path(folder)) as address,
        chromium() as browser,
    ):
        page = browser.new_page(viewport={"width": 1180, "height": 1000})
        page.set_default_timeout(WAIT)
        page.goto(address)
        button(page, "Start").click()
        for steps, (name, keys) in MOVES.items():
            page.wait_for_function(
                f"document.body.innerText.match(/step (\\d+) of/)?.[1] >= {steps}"
            )
            page.locator(".widget-slider", has_text=name).locator(".noUi-handle").focus()
            for _ in range(abs(keys)):
                page.keyboard.press("ArrowRight" if keys > 0 else "ArrowLeft")
        page.get_by_text("step 60 of 60").wait_for()
        page.wait_for_timeout(1000)  # the last curves are on their way
        return page.locator(".jupyter-widgets.widget-vbox").first.screenshot()


if __name__ == "__main__":
    Image.open(BytesIO(taken())).convert("RGB").save(TARGET, quality=85)
