"""One static page over all runs of a folder, written whole."""

import datetime as dt
import os
from contextvars import copy_context
from pathlib import Path

from markupsafe import Markup

from leadline.durable import replace_file
from leadline.errors import RunError
from leadline.language import _, use_language
from leadline.language.messages import current_locale
from leadline.language.times import write_time
from leadline.locks import passing_lock
from leadline.report.fonts import embed_fonts
from leadline.report.templates import read_asset, render_template, write_policy
from leadline.run.portal.gather import Found, gather
from leadline.run.portal.pack import pack
from leadline.run.portal.texts import RUN_STATUSES, name_status, script_texts
from leadline.run.portal.work import tell_batches, tell_events, tell_jobs, tell_unread

PORTAL_FILE = "index.html"
#: The page is never larger; what does not fit is told on it (`leadline.run.portal.pack`).
PAGE_BYTES = 2_000_000
#: By this an earlier page of ours is known; no other file is ever replaced.
_GENERATOR = '<meta name="generator" content="leadline portal">'
_TOLD = ("title", "answer", "failure", "job", "batch", "parameters", "kpis", "sources")
_SCRIPTS = ("portal.data.js", "portal.details.js", "portal.js")
#: Where the packed runs go; texts from data are escaped and never hold this.
_PLACE = 'id="packed">'


def build_portal(out: Path, *, language: str = "en", to: Path | None = None) -> Path:
    """Write the page over all runs in ``out`` and return its path.

    Parameters
    ----------
    out
        Folder of runs.
    language
        Language of the page: ``en`` or ``zh``.
    to
        The file to write; ``index.html`` of ``out`` when not given. Its links lead to ``out`` from there.

    Raises
    ------
    RunError
        If the folder or its ledger cannot be used, or the page cannot be written; an earlier page stays.
    """
    return copy_context().run(_build, out, language, to or out / PORTAL_FILE)


def _build(out: Path, language: str, file: Path) -> Path:
    use_language(language)
    if not out.is_dir():
        raise RunError(_("There is no folder {folder}. Name the folder of your runs with --out.", folder=out))
    try:
        _check_place(file)
        with passing_lock(
            file.with_name(f".{file.name}.lock")
        ):  # two builds at once: the later one knows more
            replace_file(file, _render(gather(out), _lead(file, out)).encode("utf-8", "replace"))
    except OSError as error:
        raise RunError(
            _(
                "{file} cannot be written: {reason}. An earlier page is untouched. "
                "Choose another place with --to.",
                file=file,
                reason=error.strerror or error,
            )
        ) from None
    return file


def _check_place(file: Path) -> None:
    """Refuse to replace what is no page of ours."""
    if file.suffix.lower() not in (".html", ".htm"):
        raise RunError(_("{file} is no name of a page. Let it end with .html.", file=file))
    if not file.exists():
        return
    with file.open("rb") as page:
        is_ours = _GENERATOR.encode() in page.read(4096)
    if not is_ours:
        raise RunError(
            _("{file} is there already and is no index of runs. Choose another place with --to.", file=file)
        )


def _lead(file: Path, out: Path) -> str:
    """Return how the page's links begin: the way from its folder to that of the runs."""
    try:
        way = Path(os.path.relpath(out.resolve(), file.resolve().parent)).as_posix()
    except ValueError:  # another drive of Windows
        raise RunError(_("{file} must lie on the same drive as {folder}.", file=file, folder=out)) from None
    return f"{way}/"


def _render(found: Found, lead: str) -> str:
    script = "\n".join(read_asset(name) for name in _SCRIPTS)
    jobs, batches = tell_jobs(found), tell_batches(found)
    events, more_events = tell_events(found)
    told = (run.row[key] or "" for run in found.runs for key in _TOLD)
    fonts = embed_fonts(*told, repr((jobs, events, batches)))
    styles = [style for style in (read_asset("page.css"), read_asset("portal.css"), fonts) if style]
    page = {
        "language": current_locale().replace("_", "-"),
        "policy": write_policy(styles=styles, script=script),
        "generator": Markup(_GENERATOR),  # noqa: S704 - our own line
        "styles": [Markup(style) for style in styles],  # noqa: S704 - our own files
        "script": Markup(script),  # noqa: S704 - our own file
        "built": write_time(dt.datetime.now(dt.UTC).isoformat(timespec="seconds")),
        "lead": lead,
        "statuses": [(status, name_status(status)) for status in RUN_STATUSES],
        "jobs": jobs,
        "events": events,
        "more_events": more_events,
        "batches": batches,
        "unread": tell_unread(found.unread),
    }
    shell = render_template("portal.html.j2", page)
    packed = pack(found.runs, script_texts(), budget=PAGE_BYTES - len(shell.encode("utf-8", "replace")))
    return shell.replace(_PLACE, f"{_PLACE}{packed}", 1)
