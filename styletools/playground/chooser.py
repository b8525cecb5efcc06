"""What is painted: pictures, settings and files that the reader chooses, taken up by the studio."""

from ..errors import StyletoolsError
from . import state
from .dials import places


class Chooser:
    """Takes what was chosen in a `Panel` to a `Studio`; `halt()` stops a run.

    What cannot be used raises `StyletoolsError`; panel and studio are then as they were.
    """

    def __init__(self, panel, studio, view, uploads, halt):
        self._panel, self._studio, self._view = panel, studio, view
        self._uploads, self._halt = uploads, halt
        self._showing = False  # it is not the reader who chooses

    def chosen(self):
        """Take up the panel's scene."""
        scene = self._panel.scene
        if self._showing or scene == self._studio.scene:
            return
        try:
            said = self._studio.choose(scene)
        except StyletoolsError:
            self._show()
            raise
        self._panel.say(said)
        self._panel.download.value = ""
        self._view.forward()

    def _show(self, pictures=None):
        """Let the panel show the studio's scene, and offer other `pictures`."""
        self._showing = True
        try:
            if pictures:
                self._panel.offer_pictures(pictures)
            self._panel.scene = self._studio.scene
        finally:
            self._showing = False

    def uploaded(self, name, value):
        """Take in the files of an upload's `value`: as "content" or "style", or a "state"."""
        if not value:
            return
        try:
            for label, content in self._uploads.opened(value, self._studio.scene.size):
                if name == "state":
                    self._restore(label, content)
                else:
                    label = self._uploads.add(label, content, self._studio.scene)
                    self._show(list(self._uploads.pictures))
                    self._panel.choices[name].value = label
        finally:  # so that the same file can be chosen again
            self._panel.uploads[name].set_trait("value", type(value)())

    def _restore(self, label, content):
        """Bring back all that a PNG of the playground tells."""
        moment, history, colours = state.read(content, self._uploads.pictures, label)
        self._studio.restore(moment, history)
        self._halt()
        self._show()
        self._panel.move(places(moment.legs[-1].path[-1][0]))
        self._panel.colours.value = colours
        self._view.forward()
        self._panel.say(f"{label} is back, with its {self._studio.steps} steps.")
