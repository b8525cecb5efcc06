"""Chromium, JupyterLab and the playground's page, for the browser tests and the screenshot."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

PAGE = Path(__file__).resolve().parent / "page"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
TOKEN = "playground"
QUIET_LAB = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "notebook-extension/tracker": {"windowingMode": "none"},  # cells out of sight stay
}


@contextlib.contextmanager
def chromium():
    """A browser that reaches this machine only."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, OFFLINE])


@contextlib.contextmanager
def lab(folder):
    """JupyterLab on the notebooks in `folder`, with no settings but its own; gives its address."""
    for name, settings in QUIET_LAB.items():
        path = folder / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(settings))
    port = _free_port()
    command = ["-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={port}"]
    command += [f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={folder}"]
    command += ["--allow-root", "--ServerApp.port_retries=0", "--LabApp.extension_manager=readonly"]
    with _served(command, folder, f"http://127.0.0.1:{port}/api") as address:
        yield address.removesuffix("/api")


@contextlib.contextmanager
def web_page(folder, *options):
    """The playground's page as `make playground` serves it; gives its address."""
    port = _free_port()
    command = ["-m", "voila", str(PAGE / "playground.ipynb"), "--no-browser", f"--port={port}"]
    command += [f"--Voila.config_file_paths={PAGE}", *options]
    with _served(command, folder, f"http://127.0.0.1:{port}/voila/static/voila.js") as address:
        yield address.removesuffix("voila/static/voila.js")


def button(page, name):
    """The playground's button of that name, once it is there."""
    return page.locator("button.jupyter-button").get_by_text(name, exact=True)


@contextlib.contextmanager
def _served(command, folder, address):
    """A server whose files all lie in `folder`; gives `address` once it answers there."""
    places = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    places += ("JUPYTERLAB_WORKSPACES_DIR",)
    environment = os.environ | {name: str(folder / name.lower()) for name in places}
    environment["JUPYTERLAB_SETTINGS_DIR"] = str(folder / "settings")
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, *command], env=environment, stdout=log, stderr=log, cwd=folder
        )
    try:
        _wait_for(address, server, folder / "server.log")
        yield address
    finally:
        server.terminate()
        server.wait(timeout=60)


def _wait_for(address, server, log, seconds=120):
    until = time.monotonic() + seconds
    while status(address) is None:
        if server.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"no server at {address}:\n{log.read_text()}")
        time.sleep(0.1)


def status(address):
    """What a server answers to a request: 200, 403, …; None if there is none."""
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except urllib.error.URLError:
        return None


def _free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]
