"""The command line: one module a group of commands, put together here."""

import os
import sys

import click

from leadline.cli.data import data
from leadline.cli.loop import loop
from leadline.cli.market import market
from leadline.cli.notebooks import describe, new, run, show_notebooks
from leadline.cli.partner import partner
from leadline.cli.segments import segments
from leadline.errors import LeadlineError


@click.group()
def app() -> None:
    """leadline: notebooks in, defensible reports out."""


for command in (run, show_notebooks, describe, new, partner, data, loop, market, segments):
    app.add_command(command)


def main() -> None:
    """Run the command line; an error of ours is a message and an exit code, never a traceback."""
    if sys.getfilesystemencoding() != "utf-8":  # a POSIX locale: 客户 could be neither read nor written
        os.execv(sys.executable, [sys.executable, "-X", "utf8", "-m", "leadline", *sys.argv[1:]])  # noqa: S606
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr] # PYTHONIOENCODING=gbk
    try:
        app()
    except LeadlineError as error:
        click.echo(str(error), err=True)
        sys.exit(error.exit_code)
