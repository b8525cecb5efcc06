"""The playground in a real browser, driven by mouse and keys: in JupyterLab and as a web page."""

import asyncio
import io
import json
import re
import socket
import time
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor

import nbformat
import numpy as np
import pytest
from axe_core_python.sync_playwright import Axe
from PIL import Image
from tornado import websocket

import browser
from browser import button
from styletools import load_image

pytestmark = pytest.mark.skipif(
    browser.CHROMIUM is None, reason="no Chromium here: apt-get install chromium"
)
PATIENCE = 60_000  # milliseconds: the first step waits for TensorFlow
RETRY = 5  # seconds after which a click that had no effect is repeated
WATCH = 1_500  # milliseconds in which a picture that is not frozen would have changed

SHOW = """import styletools as st

old = globals().get("playground")
playground = st.Playground("great_pyramid", "starry_night", size=96, steps=5000)
playground"""
ASK = """import itertools, json

count = globals().get("count") or itertools.count()
old_steps = len(old.history) if old else None
answer = {"n": next(count), "steps": len(playground.history), "old": old_steps}
answer["sliders"] = {name: slider.value for name, slider in playground.sliders.items()}
if playground.history:
    last = playground.history[-1]
    answer["style"] = (last.total - 0.05 * last.content - 0.1 * last.tv) / last.style
print(json.dumps(answer))"""


@pytest.fixture(scope="module")
def chromium():
    with browser.chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def notebook(chromium, tmp_path_factory):
    """The page of a notebook that has been run: a playground, and a cell that asks Python."""
    folder = tmp_path_factory.mktemp("lab")
    cells = [nbformat.v4.new_code_cell(source) for source in (SHOW, ASK)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(
        nbformat.v4.new_notebook(cells=cells, metadata=kernel), folder / "playground.ipynb"
    )
    with browser.lab(folder) as address:
        page = chromium.new_page(viewport={"width": 1280, "height": 1600})
        page.set_default_timeout(PATIENCE)
        page.goto(f"{address}/lab/tree/playground.ipynb?token={browser.TOKEN}&reset")
        page.locator(".jp-Notebook .jp-CodeCell").nth(1).wait_for()
        run_all(page)
        yield page


@pytest.fixture
def page(notebook):
    """The playground with the settings it opens with, paused at step 0."""
    press(notebook, "Pause")
    choose(notebook, "content", "great_pyramid")
    choose(notebook, "style", "starry_night")
    for name, value in (("content_weight", "0.05"), ("style_weight", "1"), ("tv_weight", "0.1")):
        type_weight(notebook, name, value)
        until_told(notebook, name)
    press(notebook, "Reset")
    until(notebook, lambda: step(notebook) == 0)
    return notebook


def run_all(page):
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()
    prompt = page.locator(".jp-CodeCell .jp-InputPrompt").first
    before, clicked = prompt.inner_text(), -RETRY

    def taken():  # JupyterLab says idle a moment before it takes cells
        nonlocal clicked
        if prompt.inner_text() != before:
            return True
        if time.monotonic() - clicked > RETRY:
            page.get_by_role("menuitem", name="Run", exact=True).click()
            page.locator("[data-command='runmenu:run-all']").click()
            clicked = time.monotonic()

    until(page, taken)
    until(page, lambda: ask_shown(page) is not None)
    button(page, "Start").wait_for()


def ask_shown(page):
    shown = page.locator(".jp-CodeCell").nth(1).locator(".jp-OutputArea-output pre")
    return json.loads(shown.inner_text()) if shown.count() else None


def ask(page):
    """What Python says now."""
    before = ask_shown(page)["n"]
    page.locator(".jp-CodeCell").nth(1).locator(".cm-content").press("Control+Enter")
    until(page, lambda: (ask_shown(page) or {"n": before})["n"] > before)
    return ask_shown(page)


def until(page, condition, seconds=PATIENCE / 1000):
    """Wait until `condition()` holds of the page."""
    for _ in range(round(seconds / 0.05)):
        if condition():
            return
        page.wait_for_timeout(50)
    raise AssertionError(
        f"not after {seconds} s; {page.locator('.jp-OutputArea').all_inner_texts()}"
    )


def shown(page, part):
    """A part of the playground that has a name of its own."""
    return page.locator(f".styletools-{part}")


def press(page, name):
    button(page, name).click()


def step(page):
    found = re.search(r"step (\d+) of", shown(page, "status").inner_text())
    return int(found[1]) if found else -1


def slider(page, name):
    return page.locator(".widget-slider", has_text=name)


def readout(page, name):
    return float(slider(page, name).locator(".widget-readout").inner_text())


def type_weight(page, name, value):
    field = slider(page, name).locator(".widget-readout")
    field.click()
    field.press("Control+a")
    page.keyboard.type(value)
    page.keyboard.press("Enter")


def until_told(page, name):
    """Wait until Python knows what the slider shows: one message at a time is under way."""
    until(page, lambda: ask(page)["sliders"][name] == pytest.approx(readout(page, name), rel=0.01))


def choose(page, name, value):
    field = page.get_by_label(re.compile(rf"^{name}( \(|$)"))  # "size (px)"
    field.select_option(value)


def upload(page, path, label="upload"):
    with page.expect_file_chooser() as chooser:
        page.locator("button.widget-upload", has_text=label).first.click()
    chooser.value.set_files(path)


def saved(page, pressed, name, folder):
    """The path of the file `name`, which the page offers once the button is `pressed`."""
    press(page, pressed)
    with page.expect_download() as download:
        page.get_by_text(f"Download {name}", exact=True).click()
    assert download.value.suggested_filename == name
    download.value.save_as(folder / name)
    return folder / name


def code(page):
    return page.locator(".widget-textarea textarea").first.input_value()


def picture(page, which=0):
    """The bytes of the preview (0) or of the curves (1), as the page shows them."""
    read = """async image => {
        const bytes = new Uint8Array(await (await fetch(image.src)).arrayBuffer());
        return Array.from(bytes);
    }"""
    return bytes(shown(page, ("preview", "curves")[which]).locator("img").evaluate(read))


def opened(content):
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"), np.float32) / 255


def run_to(page, wanted):
    press(page, "Start")
    until(page, lambda: step(page) >= wanted)


def assert_frozen(page):
    """Nothing moves any more: not the page, not Python."""
    steps = ask(page)["steps"]
    until(page, lambda: step(page) == steps)
    before = (picture(page), picture(page, 1))
    page.wait_for_timeout(WATCH)
    assert ask(page)["steps"] == step(page) == steps
    assert (picture(page), picture(page, 1)) == before


def test_a_run_moves_preview_curves_and_readouts_and_pause_freezes_them(page):
    preview, curves = picture(page), picture(page, 1)
    run_to(page, 4)
    until(page, lambda: picture(page) != preview and picture(page, 1) != curves)
    preview, curves = picture(page), picture(page, 1)
    until(page, lambda: picture(page) != preview and picture(page, 1) != curves)
    assert "s a step" in shown(page, "status").inner_text()
    press(page, "Pause")
    assert_frozen(page)


def test_a_dragged_slider_steers_the_running_transfer(page):
    run_to(page, 2)
    x, y, width, height = (
        slider(page, "style_weight").locator(".noUi-handle").bounding_box().values()
    )
    page.mouse.move(x + width / 2, y + height / 2)
    page.mouse.down()
    page.mouse.move(x + width / 2 + 90, y + height / 2, steps=6)
    page.mouse.up()
    weight = readout(page, "style_weight")
    assert weight > 1.5
    until(page, lambda: f"transfer.style_weight = {weight:g}" in code(page))
    assert ask(page)["style"] == pytest.approx(weight, rel=1e-3)
    press(page, "Pause")
    assert_frozen(page)


def test_a_keyed_slider_steers_the_running_transfer(page):
    run_to(page, 2)
    handle = slider(page, "style_weight").locator(".noUi-handle")
    for key, times, wanted in (("ArrowRight", 20, 10**0.2), ("ArrowLeft", 40, 10**-0.2)):
        handle.focus()
        for _ in range(times):
            page.keyboard.press(key)
        assert readout(page, "style_weight") == pytest.approx(wanted, rel=0.01)
        until(page, lambda wanted=wanted: f"transfer.style_weight = {wanted:.3g}" in code(page))
    assert ask(page)["style"] == pytest.approx(10**-0.2, rel=0.01)


def test_a_typed_weight_counts_at_the_next_step(page):
    type_weight(page, "style_weight", "7.5")
    until_told(page, "style_weight")
    press(page, "Step")
    until(page, lambda: step(page) == 1)
    weight = readout(page, "style_weight")
    assert weight == pytest.approx(7.5, rel=0.012)  # the slider's own step is 1 % up or down
    assert ask(page)["style"] == pytest.approx(weight, rel=1e-3)
    assert f"style_weight={weight:g}, steps=1)" in code(page)


def test_step_run_and_reset(page):
    content = picture(page)
    press(page, "Step")
    until(page, lambda: step(page) == 1)
    assert_frozen(page)
    button(page, "Run 25 steps").dblclick()
    until(page, lambda: step(page) == 26)
    assert_frozen(page)  # the second click of two starts no second run
    assert picture(page) != content
    press(page, "Reset")
    until(page, lambda: step(page) == 0)
    assert picture(page) == content


def test_another_picture_starts_again_and_the_run_goes_on(page):
    run_to(page, 5)
    choose(page, "content", "astronaut")
    until(page, lambda: opened(picture(page)).shape == load_image("astronaut", 96).shape)
    until(page, lambda: 1 <= step(page))
    assert "'astronaut'" in code(page)


def test_an_upload_is_painted_and_a_bad_one_is_explained(page, tmp_path):
    Image.new("RGB", (120, 90), "teal").save(tmp_path / "my sea.png")
    (tmp_path / "notes.jpg").write_text("not a picture")
    upload(page, tmp_path / "my sea.png")
    until(page, lambda: "'my sea.png'" in code(page))
    assert opened(picture(page)).shape == (72, 96, 3)
    press(page, "Step")
    until(page, lambda: step(page) == 1)
    upload(page, tmp_path / "notes.jpg")
    said = shown(page, "message").get_by_text("notes.jpg")
    said.wait_for()
    assert said.inner_text() == (
        "'notes.jpg' is not a picture, or of a kind that styletools does not read: "
        "open it in a picture program and save it as PNG or JPEG"
    )


def test_save_gives_the_picture_as_a_png(page, tmp_path):
    press(page, "Step")
    until(page, lambda: step(page) == 1)
    path = saved(page, "Save PNG", "great_pyramid_starry_night_1.png", tmp_path)
    assert Image.open(path).format == "PNG"
    assert np.abs(opened(path.read_bytes()) - opened(picture(page))).mean() < 0.02


def test_looking_back_by_key_and_forward_again(page):
    press(page, "Run 25 steps")
    until(page, lambda: step(page) == 25)
    last = picture(page)
    until(page, lambda: "paused" in shown(page, "status").inner_text())
    until(page, lambda: readout(page, "look back") == 25)
    slider(page, "look back").locator(".noUi-handle").press("Home")
    until(page, lambda: "you look at step 0" in shown(page, "status").inner_text())
    assert np.abs(opened(picture(page)) - load_image("great_pyramid", 96)).mean() < 0.02
    press(page, "Latest step")
    until(page, lambda: "you look at" not in shown(page, "status").inner_text())
    assert np.abs(opened(picture(page)) - opened(last)).mean() < 0.05


def test_both_pictures_side_by_side(page):
    alone = opened(picture(page)).shape
    press(page, "both")
    until(page, lambda: opened(picture(page)).shape[1] > 2 * alone[1])
    assert "photograph" in shown(page, "preview").locator("img").get_attribute("alt")
    press(page, "painting")
    until(page, lambda: opened(picture(page)).shape == alone)


def test_two_are_kept_compared_brought_back_and_hung_on_the_wall(page, tmp_path):
    press(page, "Step")
    until(page, lambda: step(page) == 1)
    press(page, "Keep")
    press(page, "more photograph")
    until_told(page, "content_weight")
    press(page, "Step")
    until(page, lambda: step(page) == 2)
    press(page, "Keep")
    button(page, "weights of 2").wait_for()
    choose(page, "compare", "1")
    choose(page, "with", "2")
    page.get_by_text(re.compile(r"steps 1 → 2, content_weight 0.05 → 0\.(5|499), ")).wait_for()
    path = saved(page, "Wall picture", "wall.png", tmp_path)
    assert Image.open(path).width > 1200
    press(page, "weights of 1")
    until(page, lambda: readout(page, "content_weight") == pytest.approx(0.05, rel=0.01))


def test_a_saved_png_is_opened_again(page, tmp_path):
    type_weight(page, "style_weight", "7.5")
    until_told(page, "style_weight")
    press(page, "Step")
    until(page, lambda: step(page) == 1)
    weight, painted, lines = readout(page, "style_weight"), picture(page), code(page)
    path = saved(page, "Save PNG", "great_pyramid_starry_night_1.png", tmp_path)
    choose(page, "content", "astronaut")
    type_weight(page, "style_weight", "1")
    until(page, lambda: step(page) == 0)
    upload(page, path, "Open PNG")
    until(page, lambda: f"{path.name} is back" in shown(page, "message").inner_text())
    until(page, lambda: (readout(page, "style_weight"), code(page)) == (weight, lines))
    assert np.abs(opened(picture(page)) - opened(painted)).mean() < 0.01


def test_a_film_is_saved(page, tmp_path):
    press(page, "Run 25 steps")
    until(page, lambda: step(page) == 25)
    path = saved(page, "Save film", "great_pyramid_starry_night_25.webp", tmp_path)
    assert Image.open(path).n_frames >= 20


@pytest.mark.parametrize("line", [0, 1])
def test_copy_takes_the_whole_line(page, line):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    text = page.locator(".styletools-line textarea").nth(line).input_value()
    page.locator(".styletools-line button").nth(line).click()
    until(page, lambda: page.evaluate("navigator.clipboard.readText()") == text)
    assert "great_pyramid" in text


def test_a_cell_run_again_leaves_nothing_of_the_old_one_running(page):
    run_to(page, 3)
    page.locator(".jp-CodeCell").nth(0).locator(".cm-content").press("Control+Enter")
    until(page, lambda: step(page) == 0)
    stopped = ask(page)
    assert stopped["steps"] == 0
    page.wait_for_timeout(WATCH)
    assert ask(page)["old"] == stopped["old"] >= 3
    run_to(page, 2)
    press(page, "Pause")
    assert_frozen(page)
    assert ask(page)["old"] == stopped["old"]


def test_after_a_restart_of_the_kernel_nothing_runs_and_all_can_be_run_again(page):
    run_to(page, 3)
    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    page.locator("[data-command='kernelmenu:restart']").click()
    page.locator(".jp-Dialog .jp-mod-accept").click()
    page.locator(".jp-Dialog").wait_for(state="detached")
    run_all(page)
    until(page, lambda: step(page) == 0)
    assert_frozen(page)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The address of the web page that `make playground` opens."""
    folder = tmp_path_factory.mktemp("web_page")
    (folder / "secret.png").write_text("a picture of the machine")
    soon = ("--MappingKernelManager.cull_idle_timeout=10", "--MappingKernelManager.cull_interval=1")
    with browser.web_page(folder, *soon) as address:
        yield address


def visited(chromium, served, width):
    """The web page as a new visitor sees it."""
    page = chromium.new_page(viewport={"width": width, "height": 1400})
    page.set_default_timeout(PATIENCE)
    page.goto(served)
    button(page, "Start").wait_for()
    until(page, lambda: shown(page, "preview").locator("img").count())
    return page


def kernel_of(html):
    return re.search(r'"kernelId": *"([0-9a-f-]{36})"', html)[1]


@pytest.fixture(scope="module")
def visitor(chromium, served):
    """A visitor's page; when it is closed, its kernel ends."""
    page = visited(chromium, served, 400)
    kernel = f"{served}api/kernels/{kernel_of(page.content())}"
    assert browser.status(kernel) == 200
    yield page
    page.close()
    gone(kernel, 60)


def test_the_web_page_shows_the_playground_and_no_code(visitor):
    page = visitor
    page.set_viewport_size({"width": 400, "height": 1400})
    assert page.locator("h1").inner_text().startswith("The weight playground")
    preview = picture(page)
    assert opened(preview).std() > 0.1
    assert "import styletools" not in page.content()
    assert page.evaluate("document.documentElement.scrollWidth") <= 400  # fits a telephone
    choose(page, "size", "96")
    run_to(page, 2)
    type_weight(page, "style_weight", "10")
    until(page, lambda: "transfer.style_weight = 10.0" in code(page))
    press(page, "Pause")
    until(page, lambda: picture(page) != preview)


def test_the_web_page_is_for_everybody(visitor):
    """axe-core finds no serious fault; nothing is wider than the page, at 200 % neither."""
    page = visitor
    one_step(page)
    press(page, "Keep")
    press(page, "shares of the style layers (their ratio counts)")
    button(page, "weights of 1").wait_for()
    slider(page, "block5_conv1").wait_for()
    for width in (390, 1300):
        page.set_viewport_size({"width": width, "height": 1400})
        found = Axe().run(page)["violations"]
        assert not [each for each in found if each["impact"] in ("serious", "critical")]
        for size in ("100%", "200%"):
            page.evaluate(f"document.documentElement.style.fontSize = '{size}'")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate("document.documentElement.style.fontSize = ''")


def one_step(page):
    """From wherever the page is, to its first step at 96 pixels."""
    press(page, "Pause")
    choose(page, "size", "96")
    press(page, "Reset")
    until(page, lambda: step(page) == 0)
    press(page, "Step")
    until(page, lambda: step(page) == 1)


def test_the_web_page_is_played_by_keyboard_alone(visitor):
    one_step(visitor)
    reached = set()
    for _ in range(120):  # once around, from wherever the focus is
        visitor.keyboard.press("Tab")
        focused = visitor.evaluate(
            "document.activeElement.ariaLabel || document.activeElement.textContent"
        ).strip()
        if focused == "Step" and focused not in reached:
            visitor.keyboard.press("Enter")
            until(visitor, lambda: step(visitor) == 2)
        reached.add(focused.partition(":")[0])
    wanted = {"Start", "Pause", "Step", "Reset", "Keep", "Save PNG", "Save film", "both", "copy"}
    wanted |= {"balanced", "look back", "content_weight", "style_weight", "tv_weight"}
    assert wanted - reached == set()


def gone(kernel, seconds):
    until = time.monotonic() + seconds
    while browser.status(kernel) != 404:
        assert time.monotonic() < until, "the kernel lives on"
        time.sleep(0.2)


@pytest.mark.parametrize(
    "path",
    [
        "voila/files/secret.png",
        "voila/files/playground.ipynb",
        "voila/files/%2Fetc%2Fpasswd",
        "voila/files/../../../../etc/passwd",
        "voila/static/../../../../../../../etc/passwd",
        "voila/static/%2e%2e/%2e%2e/app.py",
        "voila/templates/lab/static/%2e%2e/%2e%2e/%2e%2e/page.html",
        "voila/templates/../../etc/static/passwd",
        "voila/labextensions/%2e%2e/%2e%2e/etc/passwd",
        "voila/api/themes/%2e%2e/%2e%2e/etc/passwd",
        "voila/tree",
        "voila/tree/",
        "voila/render/playground.ipynb",
        "voila/render/other.ipynb",
        "voila/api/contents/",
        "voila/execution/",
        "playground.ipynb",
        "secret.png",
        "api/kernels",
        "api/contents",
        "api/terminals",
        "lab",
        "tree",
    ],
)
def test_the_web_page_gives_no_file_away(served, path):
    assert raw_status(served, path) >= 400


def raw_status(served, path):
    """What the server answers to `path` as it is written, dots and all, redirections followed."""
    port = int(served.rstrip("/").rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port), timeout=60) as visitor:
        head = f"GET /{path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"
        visitor.sendall(head.encode())
        answer = b"".join(iter(lambda: visitor.recv(65536), b"")).decode(errors="replace")
    status = int(answer.split()[1])
    moved = re.search(r"^Location: /?(\S+)", answer, re.M)
    return raw_status(served, moved[1]) if 300 <= status < 400 and moved else status


def test_the_web_page_is_for_this_machine_only(served):
    port = int(served.rstrip("/").rsplit(":", 1)[1])
    with socket.socket() as visitor:
        assert visitor.connect_ex(("127.0.0.1", port)) == 0
    with socket.socket() as visitor:  # bound to all addresses it would answer here too
        assert visitor.connect_ex(("127.0.0.2", port)) != 0


def test_a_visitor_cannot_run_code_and_an_abandoned_kernel_ends(served, tmp_path):
    with urllib.request.urlopen(served, timeout=60) as answer:
        kernel = f"api/kernels/{kernel_of(answer.read().decode())}"
    written = tmp_path / "written"
    code = f"open({str(written)!r}, 'w').close()"
    address = f"{served.replace('http', 'ws')}{kernel}/channels"
    with ThreadPoolExecutor() as other:  # Playwright's loop runs in this thread
        for protocol in (None, "v1.kernel.websocket.jupyter.org"):
            other.submit(asyncio.run, intrude(address, code, protocol)).result()
    assert not written.exists()
    gone(f"{served}{kernel}", 60)


async def intrude(address, code, protocol):
    """Ask a kernel to run `code`; return once it has answered what was sent after that."""
    connection = await websocket.websocket_connect(
        address, subprotocols=[protocol] if protocol else None
    )
    for kind, content in (
        ("execute_request", {"code": code, "silent": False, "user_expressions": {}}),
        ("execute_request", {"code": "1", "silent": True, "user_expressions": {"x": code}}),
        ("debug_request", {"type": "request", "command": "evaluate", "arguments": {}}),
        ("kernel_info_request", {}),
    ):
        channel = "control" if kind == "debug_request" else "shell"
        await connection.write_message(message(kind, content, channel, protocol), bool(protocol))
    while True:
        answer = await asyncio.wait_for(connection.read_message(), 60)
        assert answer is not None, "the kernel hung up"
        answer = answer if isinstance(answer, bytes) else answer.encode()
        assert b"execute_re" not in answer and b"execute_input" not in answer
        if b"kernel_info_reply" in answer:
            return connection.close()


def message(kind, content, channel, protocol):
    """A message to a kernel, as text or as version 1 of the binary form."""
    header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "session": "visitor"}
    header |= {"username": "visitor", "version": "5.3", "date": "2026-01-01T00:00:00Z"}
    parts = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
    if protocol is None:
        return json.dumps(parts | {"channel": channel, "buffers": []})
    parts = [channel.encode(), *(json.dumps(part).encode() for part in parts.values())]
    starts = np.cumsum([8 * (len(parts) + 2), *map(len, parts)])
    numbers = np.array([len(starts), *starts], "<u8")
    return numbers.tobytes() + b"".join(parts)
