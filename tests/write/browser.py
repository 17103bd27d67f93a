"""A page in a headless Chromium, spoken to over a pipe in the DevTools protocol: what it shows, and what it tried to do."""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
REQUIRED = "chromium" in os.environ.get("PIPELINE_REQUIRE", "").split(",")
needs_chromium = pytest.mark.skipif(
    PROGRAM is None and not REQUIRED, reason="needs Chromium; PIPELINE_REQUIRE=chromium insists on it"
)

FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --hide-scrollbars --no-first-run "
    "--remote-debugging-pipe --disable-background-networking"
)
_ON_3_AND_4 = """
import os, sys
reads, writes = os.dup2(int(sys.argv[1]), 100), os.dup2(int(sys.argv[2]), 101)
os.dup2(reads, 3)
os.dup2(writes, 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""Starts a program with two pipes where Chromium looks for them"""
PATIENCE = 60
"""Seconds without a word after which a browser hangs"""
WANTED = ("Page", "Runtime", "Log", "Network")


class Browser:
    """A browser with one page. `events` has what the page did: errors, messages, dialogs, requests."""

    def __init__(self, width: int = 1400, height: int = 1000, *, dark: bool = False) -> None:
        assert PROGRAM is not None, "Chromium is not installed"
        to_child, self._to = os.pipe()
        self._from, from_child = os.pipe()
        self._profile = tempfile.mkdtemp(prefix="chromium-")
        flags = [*FLAGS.split(), f"--window-size={width},{height}", f"--user-data-dir={self._profile}", "about:blank"]
        self._process = subprocess.Popen(
            [sys.executable, "-c", _ON_3_AND_4, str(to_child), str(from_child), PROGRAM, *flags],
            pass_fds=(to_child, from_child),
            stderr=subprocess.DEVNULL,
        )
        os.close(to_child)
        os.close(from_child)
        self._rest = b""
        self._heard: list[dict[str, Any]] = []
        self._number = 0
        self._has_scripts = True
        self._session: str | None = None
        self.events: list[tuple[str, dict[str, Any]]] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in WANTED:
            self.call(f"{domain}.enable")
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        if dark:
            self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        os.close(self._to)
        self._process.kill()
        self._process.wait()
        os.close(self._from)
        shutil.rmtree(self._profile, ignore_errors=True)

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and return its result. What happens meanwhile goes to `events`."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        for reply in self._messages():
            if reply.get("id") == self._number:
                self.events += [(one["method"], one["params"]) for one in self._heard if "method" in one]
                self._heard.clear()
                assert "error" not in reply, (method, reply["error"])
                return reply["result"]
            if "method" in reply:
                self.events.append((reply["method"], reply["params"]))
        raise AssertionError(f"Chromium has ended, or hangs: {method}")

    def _messages(self) -> Iterator[dict[str, Any]]:
        """What the browser says, message by message, until it ends or is silent for too long."""
        while select.select([self._from], [], [], PATIENCE)[0]:
            data = os.read(self._from, 1 << 16)
            if not data:
                return
            *ended, self._rest = (self._rest + data).split(b"\0")
            self._heard += [json.loads(message) for message in ended]
            while self._heard:
                yield self._heard.pop(0)

    def open(self, path: Path, fragment: str = "", *, scripts: bool = True) -> None:
        """Load a file and wait for it."""
        self._has_scripts = scripts
        self.call("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.events.clear()
        self.call("Page.navigate", url="about:blank")
        self.call("Page.navigate", url=path.as_uri() + fragment)
        while (
            not any(name == "Page.loadEventFired" for name, _ in self.events)
            or self.value("location.protocol") != "file:"
        ):
            self.value("1")
        self.settle()

    def value(self, expression: str) -> Any:
        """Return what an expression of JavaScript comes to."""
        done = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def settle(self) -> None:
        """Wait until the page has drawn what it has to: longer than it waits after a key in the search field."""
        time.sleep(0.2)
        if self._has_scripts:
            self.value("new Promise((done) => setTimeout(() => requestAnimationFrame(() => done(1)), 20))")

    def text(self, selector: str) -> str:
        """Return the text that an element shows."""
        return self.value(f"document.querySelector({json.dumps(selector)})?.innerText ?? ''")

    def count(self, selector: str) -> int:
        """Return how many elements there are that can be seen."""
        return self.value(
            f"[...document.querySelectorAll({json.dumps(selector)})].filter((one) => one.getClientRects().length).length"
        )

    def choose(self, key: str, value: str) -> None:
        """Choose an option of a field, as the mouse does."""
        field = f"document.querySelector('select[data-key={key}]')"
        self.value(
            f"(() => {{ const field = {field}; field.focus(); field.value = {json.dumps(value)};"
            "if (!field.value) throw Error('no such option');"
            "field.dispatchEvent(new Event('change', {bubbles: true})); })()"
        )
        self.settle()

    def press(self, *keys: str) -> None:
        """Press keys one after another; a text of one letter is typed."""
        for key in keys:
            text: dict[str, Any] = {"text": key} if len(key) == 1 else {"text": "\r"} if key == "Enter" else {}
            if key == "Tab":
                text = {"windowsVirtualKeyCode": 9}
            self.call("Input.dispatchKeyEvent", type="keyDown", key=key, **text)
            self.call("Input.dispatchKeyEvent", type="keyUp", key=key)
        self.settle()

    def _middle(self, selector: str) -> dict[str, float]:
        return self.value(
            f"(() => {{ const one = document.querySelector({json.dumps(selector)}); one.scrollIntoView({{block: 'center'}});"
            "const box = one.getClientRects()[0]; return {x: box.x + box.width / 2, y: box.y + box.height / 2}; })()"
        )

    def click(self, selector: str) -> None:
        """Click on the middle of an element."""
        self._click(self._middle(selector))

    def click_corner(self, selector: str) -> None:
        """Click just inside the lower right corner of an element, which a bent band has and its middle is not."""
        place = self.value(
            f"(() => {{ const one = document.querySelector({json.dumps(selector)}); one.scrollIntoView({{block: 'center'}});"
            "const box = one.getClientRects()[0]; return {x: box.right - 2, y: box.bottom - 4}; })()"
        )
        self._click(place)

    def _click(self, place: dict[str, float]) -> None:
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, **place)
        self.settle()

    def point_at(self, selector: str) -> None:
        """Move the mouse over an element."""
        self.call("Input.dispatchMouseEvent", type="mouseMoved", **self._middle(selector))
        self.settle()

    def picture(self, form: str = "png", *, whole: bool = False) -> bytes:
        """Return what the page looks like, as `png` or `webp`; the whole page, or what the window shows."""
        quality = {"quality": 82} if form != "png" else {}
        done = self.call("Page.captureScreenshot", format=form, captureBeyondViewport=whole, **quality)
        return b64decode(done["data"])

    def misdeeds(self, own: Path) -> list[str]:
        """Return what no report may do: errors, messages to the console, dialogs, requests for anything but itself."""
        found: list[str] = []
        for name, what in self.events:
            if name in (
                "Runtime.exceptionThrown",
                "Runtime.consoleAPICalled",
                "Log.entryAdded",
                "Page.javascriptDialogOpening",
            ):
                found.append(f"{name}: {json.dumps(what)[:500]}")
            if name == "Network.requestWillBeSent":
                address = what["request"]["url"]
                if not address.startswith((own.as_uri(), "about:blank")):
                    found.append(f"request: {address}")
        return found
