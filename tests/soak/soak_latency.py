"""How soon a moved slider is felt in the browser, in ten moves at 192 pixels: `make soak`."""

import re

import numpy as np
from test_browser import choose, code, shown, slider, step, until

from browser import button, chromium, web_page

MOVES = 10
ENOUGH = 1000  # steps, so that no machine pauses before the last move
PAUSE = 2000  # milliseconds between moves, and then a little more each time
# The line of a changed weight comes to the page with the first picture made by it.
WATCH = """area => {
    const lines = () => area.value.split("transfer.style_weight").length - 1;
    let seen = lines();
    window.felt = [];
    document.addEventListener("keydown", () => { window.keyed = performance.now(); }, true);
    setInterval(() => {
        if (lines() > seen) window.felt.push(performance.now() - window.keyed);
        seen = lines();
    }, 10);
}"""


def changed_at(page):
    """The step that was the first with the last change of a weight."""
    return sum(map(int, re.findall(r"transfer\.run\((\d+)\)", code(page))[:-1])) + 1


def test_a_moved_slider_is_felt_at_once(tmp_path):
    steps = []
    with web_page(tmp_path) as address, chromium() as opened:
        page = opened.new_page(viewport={"width": 1280, "height": 1600})
        page.set_default_timeout(120_000)
        page.goto(address)
        button(page, "Start").wait_for()
        choose(page, "size", "192")
        page.get_by_label("pause at step").fill(str(ENOUGH))
        page.get_by_label("pause at step").press("Enter")
        button(page, "Start").click()
        until(page, lambda: step(page) >= 5)
        page.locator(".widget-textarea textarea").first.evaluate(WATCH)
        for move in range(MOVES):
            done = step(page)
            slider(page, "style_weight").locator(".noUi-handle").focus()
            page.keyboard.press("ArrowLeft" if move % 2 else "ArrowRight")
            until(page, lambda move=move: page.evaluate("window.felt.length") > move)
            steps.append(changed_at(page) - done)
            page.wait_for_timeout(PAUSE + 70 * move)
        seconds = np.array(page.evaluate("window.felt")) / 1000
        print("\n" + shown(page, "status").inner_text())
    print(f"steps from the one shown to the first with the new weight: {steps}")
    print(f"preview by it after {np.median(seconds):.2f} s (median), {seconds.max():.2f} s (worst)")
    assert max(steps) <= 3  # the one under way, one that was asked for, the new one
