"""The command line: one module a group of commands, put together here."""

import os
import re
import sys

import click

from leadline.cli.batch import batch
from leadline.cli.bulk import bulk
from leadline.cli.course import course
from leadline.cli.data import data
from leadline.cli.engine import engine
from leadline.cli.export import export
from leadline.cli.loop import loop
from leadline.cli.market import market
from leadline.cli.notebooks import describe, new, run, show_notebooks
from leadline.cli.partner import partner
from leadline.cli.portal import portal
from leadline.cli.schedule import schedule
from leadline.cli.segments import segments
from leadline.errors import LeadlineError, ParameterError
from leadline.language import LANGUAGES, _, use_language

#: Environment variable that names the language of the command line's own messages.
LANGUAGE_VARIABLE = "LEADLINE_LANGUAGE"


@click.group()
def app() -> None:
    """leadline: notebooks in, defensible reports out."""


for command in (
    run,
    batch,
    bulk,
    show_notebooks,
    describe,
    new,
    export,
    partner,
    data,
    loop,
    market,
    segments,
    portal,
    schedule,
    course,
    engine,
):
    app.add_command(command)


def _choose_language() -> None:
    """Speak the language that the environment names; a report keeps the one of its own parameter."""
    language = os.environ.get(LANGUAGE_VARIABLE)
    if not language:
        return
    code = re.split("[_.-]", language)[0]  # zh_CN.UTF-8, as systems name it
    if code not in LANGUAGES:
        raise ParameterError(
            _(
                "{variable} is {language}, must be one of {known}.",
                variable=LANGUAGE_VARIABLE,
                language=repr(language),
                known=", ".join(LANGUAGES),
            )
        )
    use_language(code)


def main() -> None:
    """Run the command line; an error of ours is a message and an exit code, never a traceback."""
    if sys.getfilesystemencoding() != "utf-8":  # a POSIX locale: 客户 could be neither read nor written
        os.execv(sys.executable, [sys.executable, "-X", "utf8", "-m", "leadline", *sys.argv[1:]])  # noqa: S606
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr] # PYTHONIOENCODING=gbk
    try:
        _choose_language()
        app()
    except LeadlineError as error:
        click.echo(str(error), err=True)
        sys.exit(error.exit_code)
