"""What makes the playground's steps happen: a clock that ticks in the browser.

A kernel reads no message while it works, and on Colab what a background thread sends to a widget
is not shown. So each step is the answer to one message of the browser. A `Play` widget sends
them: ipywidgets holds the next one back until the kernel is idle again, and what the reader does
with a slider or a button comes in between.
"""

import ipywidgets as widgets

INTERVAL = 30  # milliseconds between ticks, if the kernel keeps up
NEVER = 10**9  # ticks until Play would stop by itself


class Clock:
    """Calls `tick()` again and again between `start()` and `stop()`, once for each message.

    `widget` must be part of what is displayed; it takes no room. In a script or a test, where
    no browser is, nothing ticks.
    """

    def __init__(self, tick):
        self._tick = tick
        self.widget = widgets.Play(max=NEVER, interval=INTERVAL)
        self.widget.layout.display = "none"
        # ipywidgets 8 calls the trait that starts and stops it `playing`, 7 `_playing`.
        self._switch = "playing" if self.widget.has_trait("playing") else "_playing"
        self.widget.observe(self._on_tick, "value")

    @property
    def running(self):
        return getattr(self.widget, self._switch)

    def start(self):
        setattr(self.widget, self._switch, True)

    def stop(self):
        setattr(self.widget, self._switch, False)

    def _on_tick(self, change):
        if self.running:  # a tick may still be under way when the clock is stopped
            self._tick()
