"""The version, which checkpoints and the settings in a PNG keep beside what they store."""

__version__ = "0.2.0"
