"""``leadline portal build``. Imports wait until needed."""

from pathlib import Path

import click

from leadline.cli.notebooks import tell_swept
from leadline.language import LANGUAGES, current_language
from leadline.run.request import DEFAULT_OUT


@click.group()
def portal() -> None:
    """One page over all runs of a folder."""


@portal.command()
@click.option("--out", type=Path, default=DEFAULT_OUT, metavar="DIR", help="The folder of runs.")
@click.option("--to", type=Path, metavar="FILE.html", help="The page to write; DIR/index.html if not given.")
@click.option(
    "--language",
    type=click.Choice(tuple(LANGUAGES)),
    help="The page's language; LEADLINE_LANGUAGE or English if not given.",
)
@click.option("--open", "is_opened", is_flag=True, help="Show the page in the browser.")
def build(out: Path, to: Path | None, language: str | None, is_opened: bool) -> None:  # noqa: FBT001 (click's flag)
    """Write the index of all runs in DIR; prints its path."""
    from leadline.run.portal import build_portal

    if out.is_dir() and any(out.glob(".*.run")):  # of a run that goes on, or that was killed
        from leadline.run.runner import sweep

        for folder in sweep(out):
            click.echo(tell_swept(folder), err=True)
    page = build_portal(out, language=language or current_language(), to=to)
    click.echo(page)
    if is_opened:
        click.launch(page.resolve().as_uri())
