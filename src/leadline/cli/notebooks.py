"""``leadline run | list | describe | new``. Imports wait until needed."""

import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from leadline.cli.export import form_options, show_forms
from leadline.errors import ParameterError
from leadline.language import _
from leadline.run.request import DEFAULT_LIMIT_SECONDS, DEFAULT_OUT


@click.command("list")
def show_notebooks() -> None:
    """List the notebooks: the project's and those of this folder."""
    from leadline.run.notebooks import list_notebooks

    notebooks = list_notebooks()
    width = max((len(notebook.name) for notebook in notebooks), default=0)
    stage = None
    for notebook in notebooks:
        if notebook.stage != stage:
            stage = notebook.stage
            click.echo(stage or "this folder")
        click.echo(f"  {notebook.name:{width}}  {notebook.question}")


@click.command()
@click.argument("notebook")
def describe(notebook: str) -> None:
    """Show the parameters of NOTEBOOK: type, default, allowed values and help."""
    from leadline.parameters.declared import declared_parameters, read_notebook
    from leadline.run.notebooks import find_notebook

    file = find_notebook(notebook)
    click.echo(f"{file.name}: {file.question}\n")
    for parameter in declared_parameters(read_notebook(file.path), file.name).values():
        click.echo(f"{parameter.name}: {parameter.type_name} = {parameter.default!r}")
        click.echo(f"    {_(parameter.help)}\n    {_('Must be {wanted}.', wanted=parameter.allowed)}")


@click.command()
@click.argument("notebook")
@click.option("--parameter", "-p", multiple=True, metavar="NAME=VALUE", help="Set one parameter.")
@click.option("--params", type=Path, metavar="FILE.yml", help="Parameters from a YAML file.")
@click.option(
    "--out", type=Path, default=DEFAULT_OUT, metavar="DIR", help="Where each run publishes its folder."
)
@click.option("--allow", type=Path, multiple=True, metavar="DIR", help="A further folder that may be read.")
@click.option(
    "--time-limit",
    type=click.FloatRange(min=1),
    default=DEFAULT_LIMIT_SECONDS,
    metavar="SECONDS",
    help="When to stop the run.",
)
@form_options
def run(
    notebook: str,
    parameter: tuple[str, ...],
    params: Path | None,
    out: Path,
    allow: tuple[Path, ...],
    time_limit: float,
    forms: tuple[str, ...],
) -> None:
    """Run NOTEBOOK and publish its report; prints the report's path last.

    NOTEBOOK is a name that 'leadline list' shows, or a path.
    """
    from leadline.run.request import make_request

    given = (_read_params(params) if params else {}) | dict(_split(pair) for pair in parameter)
    folders = [*allow, *([params.parent] if params else [])]
    request = make_request(
        notebook, given, out=out, allow=tuple(folders), limit_seconds=time_limit, forms=forms
    )
    from leadline.run.runner import run_notebook, sweep

    for folder in sweep(out):
        click.echo(tell_swept(folder), err=True)
    with _progress_bar(request.notebook.cell_count) as progress:
        outcome = run_notebook(request, progress)
    if failure := outcome.record["failure"]:
        click.echo(f"{_head_failure(request.notebook.name, outcome.record)}\n{failure['message']}", err=True)
    else:
        click.echo(outcome.record["answer"] or _("The notebook ran to its end."))
    show_forms(outcome.folder, outcome.record, forms)
    click.echo(outcome.folder / "report.html")
    sys.exit(outcome.exit_code)


@click.command()
@click.argument("name")
def new(name: str) -> None:
    """Start a notebook of your own from the template: NAME.ipynb in this folder."""
    from leadline.durable import replace_file
    from leadline.run.notebooks import TEMPLATE

    path = Path(name).with_suffix(".ipynb")
    if path.exists():
        raise ParameterError(_("{path} is there already. Choose another name.", path=path))
    if not path.parent.is_dir():
        raise ParameterError(_("There is no folder {parent}. Make it first.", parent=path.parent))
    replace_file(path, TEMPLATE.read_bytes())
    command = f"leadline run {shlex.quote(str(path))}"
    click.echo(_("{path} is ready. Open it in JupyterLab, or: {command}", path=path, command=command))


def tell_swept(folder: Path) -> str:
    """Say that a run was found that somebody killed."""
    return _("An earlier run had been killed; its page is {page}", page=folder / "report.html")


def _head_failure(notebook: str, record: dict[str, Any]) -> str:
    told, step = {"notebook": notebook, "status": record["status"]}, record["failure"]["step"]
    if not step:
        return _("{notebook} {status}:", **told)
    return _("{notebook} {status} at step '{step}':", step=step, **told)


def _split(pair: str) -> tuple[str, str]:
    name, sign, value = pair.partition("=")
    if not sign:
        raise ParameterError(_("-p {pair} has no value. Write -p NAME=VALUE.", pair=repr(pair)))
    return name, value


def _read_params(path: Path) -> dict[str, Any]:
    from leadline.plain_yaml import read_yaml

    document = read_yaml(path)
    if not isinstance(document, dict):
        raise ParameterError(_("{path} must hold one 'name: value' a line.", path=path))
    return document


@contextmanager
def _progress_bar(cells: int) -> Iterator[Callable[[int, str], None]]:
    """Cells done, the step's title and the time, where somebody is looking."""
    if not sys.stderr.isatty():
        yield lambda _index, _title: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        MofNCompleteColumn(),
        BarColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=cells)
        yield lambda index, title: bar.update(task, completed=index, description=title)
