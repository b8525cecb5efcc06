"""Settings of the playground's web page (`make playground`): a visitor moves sliders, no more."""

c = get_config()  # noqa: F821

c.Voila.ip = "127.0.0.1"  # this machine only
c.Voila.open_browser = False
c.VoilaConfiguration.file_allowlist = []  # no file of the machine is sent
c.VoilaConfiguration.file_denylist = [".*"]
c.VoilaConfiguration.strip_sources = True  # no code is shown
c.VoilaConfiguration.show_tracebacks = False
c.VoilaConfiguration.allow_template_override = "NO"
c.VoilaConfiguration.allow_theme_override = "NO"
# The page ends its kernel when it is closed; a page that vanished without a word is found idle.
c.MappingKernelManager.cull_interval = 30
c.MappingKernelManager.cull_idle_timeout = 120  # seconds
