"""``leadline export``, and the options by which a command is asked for further forms of a report."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

_HELPS = {
    "pdf": "Also as PDF, printed by Chromium.",
    "xlsx": "Also all its tables as one Excel workbook.",
    "pptx": "Also as slides for PowerPoint.",
    "email": "Also as a small page for a mail.",
}
_Command = TypeVar("_Command", bound=Callable[..., Any])


def form_options(command: _Command) -> _Command:
    """Give a command the options --pdf, --xlsx, --pptx and --email; it gets them as ``forms``."""
    for form, told in reversed(_HELPS.items()):
        command = click.option(f"--{form}", "forms", flag_value=form, multiple=True, help=told)(command)
    return command


def show_forms(folder: Path, record: dict[str, Any], forms: Sequence[str]) -> None:
    """Print the paths of the forms that were made, and say on stderr which could not be."""
    from leadline.run.forms import list_failures

    for line in list_failures(record, forms):
        click.echo(line, err=True)
    for entry in record["forms"]:
        if entry["form"] in forms:
            click.echo(folder / entry["name"])


@click.command()
@click.argument("folder", type=Path, metavar="RUN_FOLDER")
@form_options
def export(folder: Path, forms: tuple[str, ...]) -> None:
    """Write a report that stands already in further forms, into its folder; prints their paths.

    RUN_FOLDER is the folder of one run, with its record.json.
    """
    from leadline.run.forms import export_forms

    show_forms(folder, export_forms(folder, forms), forms)
