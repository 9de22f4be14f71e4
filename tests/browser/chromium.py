"""One headless Chromium, and pages opened in it from text."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, Request, sync_playwright

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def start_browser(path: str) -> Iterator[Browser]:
    """Start the Chromium at ``path`` and stop it in the end."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


def open_file(page: Page, file: Path, html: str) -> list[str]:
    """Write ``html`` to ``file``, open it and return the addresses that the page asked for beside its own."""
    file.write_text(html, "utf-8")
    requests: list[str] = []

    def note(request: Request) -> None:
        requests.append(request.url)

    page.on("request", note)
    page.goto(file.as_uri())
    page.remove_listener("request", note)
    return [url for url in requests if url != file.as_uri() and not url.startswith(("data:", "blob:"))]
