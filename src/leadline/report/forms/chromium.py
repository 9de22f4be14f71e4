"""One headless Chromium for one print: its own profile, no network, a time limit, nothing left behind."""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from leadline.durable import scratch_folder
from leadline.errors import RunError
from leadline.language import _

CHROMIUM_VARIABLE = "LEADLINE_CHROMIUM"
PRINT_SECONDS = 90.0
_NAMES = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
    *("microsoft-edge", "microsoft-edge-stable", "msedge"),
)
_APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
_WINDOWS_FOLDERS = ("ProgramFiles", "ProgramFiles(x86)", "LocalAppData")
_WINDOWS_PROGRAMS = ("Google/Chrome/Application/chrome.exe", "Microsoft/Edge/Application/msedge.exe")
_OPTIONS = (
    *("--headless", "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--hide-scrollbars"),
    *("--disable-extensions", "--disable-sync", "--disable-component-update", "--disable-default-apps"),
    *("--disable-background-networking", "--disable-breakpad", "--disable-crash-reporter"),
    *("--disable-dev-shm-usage", "--password-store=basic", "--use-mock-keychain", "--disable-quic"),
    # The page asks for nothing; whatever the browser itself would ask for finds no host.
    *("--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=127.0.0.1:9", "--force-color-profile=srgb"),
    *("--no-pdf-header-footer", "--generate-pdf-document-outline"),
)


def find_chromium() -> str | None:
    """Return the path of a Chromium, Chrome or Edge; ``LEADLINE_CHROMIUM`` goes before all."""
    if named := os.environ.get(CHROMIUM_VARIABLE):
        return shutil.which(named)
    folders = [Path(os.environ[name]) for name in _WINDOWS_FOLDERS if os.environ.get(name)]
    places = [*_APPLICATIONS, *(str(folder / name) for folder in folders for name in _WINDOWS_PROGRAMS)]
    found = (shutil.which(name) for name in (*_NAMES, *places))
    return next((path for path in found if path), None)


def explain_missing() -> list[str]:
    """Say what to do where there is no Chromium; an empty list where there is one."""
    if find_chromium():
        return []
    if named := os.environ.get(CHROMIUM_VARIABLE):
        return [
            _(
                "pdf: {variable} names {path}, which is no program. Correct it, or unset it.",
                variable=CHROMIUM_VARIABLE,
                path=named,
            )
        ]
    return [
        _(
            "pdf: it is printed by Chromium, Google Chrome or Microsoft Edge, and none is installed here. "
            "Install one, or name its path in {variable}.",
            variable=CHROMIUM_VARIABLE,
        )
    ]


def print_page(html: str, *, limit_seconds: float = PRINT_SECONDS) -> bytes:
    """Let Chromium print a page, as its print style says.

    Raises
    ------
    RunError
        If there is no Chromium, or it ended or hung without a print.
    """
    program = find_chromium()
    if program is None:
        raise RunError(" ".join(explain_missing()))
    with scratch_folder("leadline-print-") as folder:
        page, target, log = folder / "report.html", folder / "report.pdf", folder / "log"
        page.write_text(html, "utf-8", "replace")
        command = [program, *_OPTIONS, *_as_root(), f"--user-data-dir={folder / 'profile'}"]
        with log.open("wb") as messages:
            ended = _run_alone(
                [*command, f"--print-to-pdf={target}", page.as_uri()], messages.fileno(), limit_seconds
            )
        if not ended:
            raise RunError(
                _("Chromium did not print the page within {seconds} s.", seconds=round(limit_seconds))
            )
        try:
            return target.read_bytes()
        except OSError:
            said = log.read_text("utf-8", "replace").strip()[-300:]
            raise RunError(_("Chromium did not print the page: {said}", said=said or "–")) from None


def _as_root() -> tuple[str, ...]:
    """Chromium refuses its sandbox to root; the page is our own and runs nothing else (its policy)."""
    return ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()


def _run_alone(command: list[str], messages: int, limit_seconds: float) -> bool:
    """Run a program in a process group of its own, which is gone in the end; False at the time limit."""
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=messages,
        stderr=messages,
        start_new_session=True,
    ) as process:
        try:
            process.wait(limit_seconds)
        except subprocess.TimeoutExpired:
            return False
        finally:
            _end_group(process)
    return True


def _end_group(process: "subprocess.Popen[bytes]") -> None:
    if sys.platform == "win32":
        process.kill()
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
