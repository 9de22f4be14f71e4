"""Other forms of a finished report: a PDF, a workbook of its tables, slides, a small page for mail.

Each is made from the executed notebook, its run record and its tables, through the same cleaning as the page.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leadline.errors import ParameterError
from leadline.language import _

if TYPE_CHECKING:
    from nbformat import NotebookNode

#: Form → its file in the run's folder.
FORMS: Mapping[str, str] = {
    "pdf": "report.pdf",
    "xlsx": "tables.xlsx",
    "pptx": "slides.pptx",
    "email": "email.html",
}


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a form is made of: the executed notebook, its record, its page and the folder of its tables."""

    notebook: "NotebookNode"
    record: Mapping[str, Any]
    page: str
    tables: Path


def check_forms(forms: Collection[str]) -> tuple[str, ...]:
    """Return the forms asked for, each once, in the order of `FORMS`.

    Raises
    ------
    ParameterError
        If one is unknown, or this machine cannot make it.
    """
    problems = [
        _("{form} is none of {forms}.", form=repr(form), forms=", ".join(FORMS))
        for form in dict.fromkeys(forms)
        if form not in FORMS
    ]
    if "pdf" in forms:
        from leadline.report.forms.chromium import explain_missing  # noqa: PLC0415 (with the next: needed late)

        problems += explain_missing()
    if problems:
        raise ParameterError.of(_("The report cannot be written in the forms asked for"), *problems)
    return tuple(form for form in FORMS if form in forms)


def make_form(form: str, report: Report) -> bytes:
    """Return the file of a form, in the language of the record; the same report gives the same bytes.

    Raises
    ------
    RunError
        If Chromium could not print the page.
    ValueError
        If the form is unknown.
    """
    match form:
        case "pdf":
            from leadline.report.forms.pdf import print_pdf  # noqa: PLC0415

            return print_pdf(report.page, report.record)
        case "xlsx":
            from leadline.report.forms.workbook import write_tables  # noqa: PLC0415

            return write_tables(report.notebook, report.record, report.tables)
        case "pptx":
            from leadline.report.forms.slides import write_slides  # noqa: PLC0415

            return write_slides(report.notebook, report.record)
        case "email":
            from leadline.report.forms.email_page import write_email  # noqa: PLC0415

            return write_email(report.notebook, report.record).encode("utf-8", "replace")
    raise ValueError(f"form == {form!r}, must be one of {', '.join(FORMS)}.")
