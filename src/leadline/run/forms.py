"""The other forms of a report, written beside its page: with the run, or afterwards."""

import json
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from nbformat import v4

from leadline.durable import replace_file
from leadline.errors import LeadlineError, ParameterError, RunError
from leadline.language import _, speaking
from leadline.locks import passing_lock
from leadline.report.forms import FORMS, Report, check_forms, make_form


def write_forms(
    report: Report, forms: Sequence[str], write: Callable[[str, bytes], None]
) -> tuple[list[dict[str, str]], dict[str, str]]:
    """Write each form; one that cannot be made leaves no file, and the others are made all the same.

    Parameters
    ----------
    report
        What the forms are made of.
    forms
        Keys of `FORMS`.
    write
        Writes a file of the run's folder whole, or raises OSError.

    Returns
    -------
    tuple
        The record's entries ``forms`` (form, name and hash of a file) and ``forms_failed`` (form → reason).
    """
    written, failed = [], {}
    for form in forms:
        try:
            content = make_form(form, report)
            write(FORMS[form], content)
        except LeadlineError as error:
            failed[form] = str(error)
        except OSError as error:
            failed[form] = _("It could not be written: {reason}.", reason=error.strerror or error)
        except Exception as error:  # noqa: BLE001 (a report never fails over one of its forms)
            failed[form] = _("It could not be made ({error}).", error=f"{type(error).__name__}: {error}")
        else:
            written.append({"form": form, "name": FORMS[form], "sha256": sha256(content).hexdigest()})
    return written, failed


def export_forms(folder: Path, forms: Sequence[str]) -> dict[str, Any]:
    """Write forms of a report that stands already into its folder, and return its record.

    Raises
    ------
    ParameterError
        If the folder holds no finished report, or a form cannot be made here.
    RunError
        If a form could not be made or written; what could, stands.
    """
    forms = check_forms(forms)
    if not forms:
        raise ParameterError(
            _("Say in which forms: {options}.", options=", ".join(f"--{form}" for form in FORMS))
        )
    folder = folder.resolve()
    report = _read_run(folder)
    record = dict(report.record)
    if record["status"] != "done":
        raise ParameterError(
            _(
                "The report {folder} is not finished ({status}), so it has no other forms. Run it again.",
                folder=folder,
                status=record["status"],
            )
        )
    # The lock of the run itself: two exports at once would each forget the other's files.
    lock = passing_lock(folder.with_name(f".{folder.name}.lock"))
    with speaking(record["language"]), lock:
        written, failed = write_forms(report, forms, lambda name, file: replace_file(folder / name, file))
        record = _enter_forms(folder, written, failed)
    if failed:
        raise RunError("\n".join(list_failures(record, forms)))
    return record


def list_failures(record: dict[str, Any], forms: Sequence[str]) -> list[str]:
    """Say of each form that was asked for and could not be made why."""
    failed = record.get("forms_failed", {})
    return [
        _("{name} could not be made: {reason}", name=FORMS[form], reason=failed[form])
        for form in forms
        if form in failed
    ]


def _read_run(folder: Path) -> Report:
    try:
        record = json.loads((folder / "record.json").read_bytes())
        notebook = v4.reads((folder / "notebook.ipynb").read_text("utf-8"))
        page = (folder / "report.html").read_text("utf-8")
        is_run = {"run_id", "status", "language", "notebook", "title"} <= record.keys()
    except (OSError, ValueError, AttributeError):
        is_run = False
    if not is_run:
        raise ParameterError(
            _(
                "{folder} is no folder of a report. Name the folder that 'leadline run' printed, with its "
                "report.html, record.json and notebook.ipynb.",
                folder=folder,
            )
        )
    return Report(notebook=notebook, record=record, page=page, tables=folder / "tables")


def _enter_forms(folder: Path, written: list[dict[str, str]], failed: dict[str, str]) -> dict[str, Any]:
    """Add to the record as it stands now what was written; return it."""
    path = folder / "record.json"
    record: dict[str, Any] = json.loads(path.read_bytes())
    new = {entry["form"]: entry for entry in written}
    kept = {entry["form"]: entry for entry in record.get("forms", [])}
    record["forms"] = [entry for form in FORMS if (entry := (kept | new).get(form))]
    before = {form: reason for form, reason in record.get("forms_failed", {}).items() if form not in new}
    record["forms_failed"] = before | failed
    text = json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True)
    try:
        replace_file(path, text.encode("utf-8", "replace"))
    except OSError as error:
        raise RunError(
            _("{path} could not be written: {reason}.", path=path, reason=error.strerror or error)
        ) from None
    return record
