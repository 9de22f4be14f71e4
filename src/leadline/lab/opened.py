"""What a notebook opened by hand calls. In runs it is imported too, and then loads no widgets."""

from collections.abc import Sequence
from pathlib import Path

from leadline.errors import ParameterError
from leadline.language import _
from leadline.run.recording import is_unattended


def parameter_form(notebook: str | Path | None = None, *, out: str | Path | None = None) -> None:
    """Show, folded, a form of this notebook's parameters, with buttons to run and to export the report.

    In a run nobody is there to fill it in: it shows nothing. Where the notebook's file is not known or
    cannot be read it says so, and the notebook runs on.

    Parameters
    ----------
    notebook
        This notebook's own file; JupyterLab and VS Code tell it, elsewhere it must be named.
    out
        Folder of the reports; without it, ``reports/output`` of the project, or beside the notebook.
    """
    if is_unattended():
        return
    from IPython.display import HTML, display  # noqa: PLC0415 (only a kernel has it loaded)

    from leadline.lab.form import ParameterForm  # noqa: PLC0415 (widgets, which a run never shows)
    from leadline.lab.html import write_problems  # noqa: PLC0415
    from leadline.lab.session import open_session  # noqa: PLC0415

    try:
        form = ParameterForm(open_session(notebook, out))
    except ParameterError as error:
        display(HTML(write_problems(error.headline, error.problems)))
        return
    form.show()


def export_report(
    notebook: str | Path | None = None, *, out: str | Path | None = None, forms: Sequence[str] = ()
) -> None:
    """Publish the report of this notebook as it was saved, with the outputs that it shows.

    Nothing is run. The page says in which order the cells ran, and what was changed since. In a run, which
    makes its own report, it does nothing.

    Parameters
    ----------
    notebook, out
        As for `parameter_form`.
    forms
        Further forms to write: ``pdf``, ``xlsx``, ``pptx``, ``email``.

    Raises
    ------
    RunError
        If the notebook was not saved after its last cell ran, or a cell ended in an error.
    ParameterError
        If the notebook's file is not known or cannot be read.
    """
    if is_unattended():
        return
    from IPython.display import HTML, display  # noqa: PLC0415 (only a kernel has it loaded)

    from leadline.lab.export import publish_saved  # noqa: PLC0415 (papermill, which takes a second)
    from leadline.lab.html import link_file  # noqa: PLC0415
    from leadline.lab.session import open_session  # noqa: PLC0415

    session = open_session(notebook, out)
    folder = publish_saved(session, tuple(forms))
    display(HTML(link_file(_("Report exported:"), folder / "report.html", session.path.parent)))
