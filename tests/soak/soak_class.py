"""Eight visitors of the playground's page at once, five minutes long: `make soak`.

SOAK_MINUTES sets another time. Nobody starves: every page paints in every minute and a half; and
the memory of all kernels together stays within a tenth of what it was after the first such time.
"""

import os
import time

import psutil
from test_browser import until, visited

from browser import button, chromium, web_page

MINUTES = float(os.environ.get("SOAK_MINUTES", 5))
PAGES = 8
ROUND = 90  # seconds in which each must have had its turn
GOAL = 100_000  # steps: nobody pauses


def megabytes():
    """What the kernels hold, which this process has started by way of the server."""
    kernels = [
        process
        for process in psutil.Process().children(recursive=True)
        if "ipykernel_launcher" in " ".join(process.cmdline())
    ]
    assert len(kernels) >= PAGES
    return sum(kernel.memory_info().rss for kernel in kernels) / 1e6


def test_a_class_of_eight(tmp_path):
    with web_page(tmp_path) as address, chromium() as opened:
        pages = [visited(opened, address, 1300) for _ in range(PAGES)]
        for page in pages:
            page.get_by_label("pause at step").fill(str(GOAL))
            page.get_by_label("pause at step").press("Enter")
            page.get_by_label("size").select_option("96")
            button(page, "Start").click()
        until(pages[-1], lambda: all(stepped(page) > 0 for page in pages), ROUND)
        began, rounds, memory = time.monotonic(), [], []
        while time.monotonic() - began < 60 * MINUTES:
            before = [stepped(page) for page in pages]
            pages[0].wait_for_timeout(1000 * min(ROUND, 60 * MINUTES))
            rounds.append([stepped(p) - b for p, b in zip(pages, before, strict=True)])
            memory.append(megabytes())
            print(f"steps {rounds[-1]}, {memory[-1]:.0f} MB")
    assert min(map(min, rounds)) > 0
    assert memory[-1] < 1.1 * memory[0]


def stepped(page):
    """The step that a page shows last, also while it waits."""
    return int(
        page.locator(".widget-slider", has_text="look back")
        .locator(".noUi-handle")
        .get_attribute("aria-valuemax")
        .split(".")[0]
    )
