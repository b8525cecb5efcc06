"""Settings of the playground's web page (`make playground`): a visitor moves sliders, no more."""

c = get_config()  # noqa: F821

c.Voila.ip = "127.0.0.1"  # this machine only
c.VoilaConfiguration.file_allowlist = []  # no file of the machine is sent
c.VoilaConfiguration.file_denylist = [".*"]
c.VoilaConfiguration.strip_sources = True  # no code is shown
c.VoilaConfiguration.show_tracebacks = False
c.VoilaConfiguration.allow_template_override = "NO"
c.VoilaConfiguration.allow_theme_override = "NO"
# The largest picture that can be uploaded; the kernel keeps twelve, and ends with the page.
c.Voila.tornado_settings = {"websocket_max_message_size": 32 * 2**20}  # bytes
# Once nobody looks at a page, its kernel ends.
c.MappingKernelManager.cull_interval = 10  # seconds
c.MappingKernelManager.cull_idle_timeout = 60
c.MappingKernelManager.cull_connected = False
