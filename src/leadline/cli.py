"""The command line: ``leadline run | list | describe | new``. Imports wait until needed."""

import os
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

# pydantic would search every installed package for plugins; none is wanted here.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

import typer

from leadline.errors import LeadlineError, ParameterError
from leadline.run.request import DEFAULT_LIMIT_SECONDS, DEFAULT_OUT

app = typer.Typer(
    help="leadline: notebooks in, defensible reports out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

NotebookName = Annotated[str, typer.Argument(help="A name that 'leadline list' shows, or a path.")]
OutFolder = Annotated[Path, typer.Option(help="Folder under which each run publishes a folder of its own.")]


@app.command("list")
def show_notebooks() -> None:
    """List the notebooks: the project's and those of this folder."""
    from leadline.run.notebooks import list_notebooks

    notebooks = list_notebooks()
    width = max((len(notebook.name) for notebook in notebooks), default=0)
    stage = None
    for notebook in notebooks:
        if notebook.stage != stage:
            stage = notebook.stage
            typer.echo(stage or "this folder")
        typer.echo(f"  {notebook.name:{width}}  {notebook.question}")


@app.command()
def describe(notebook: NotebookName) -> None:
    """Show a notebook's parameters: type, default, allowed values and help."""
    from leadline.parameters.declared import declared_parameters, read_notebook
    from leadline.run.notebooks import find_notebook

    file = find_notebook(notebook)
    typer.echo(f"{file.name}: {file.question}\n")
    for parameter in declared_parameters(read_notebook(file.path), file.name).values():
        typer.echo(f"{parameter.name}: {parameter.type_name} = {parameter.default!r}")
        typer.echo(f"    {parameter.help}\n    Must be {parameter.allowed}.")


@app.command()
def run(
    notebook: NotebookName,
    parameter: Annotated[
        list[str], typer.Option("--parameter", "-p", metavar="NAME=VALUE", help="Set one parameter.")
    ] = [],
    params: Annotated[
        Path | None, typer.Option(metavar="FILE.yml", help="Parameters from a YAML file.")
    ] = None,
    out: OutFolder = DEFAULT_OUT,
    allow: Annotated[list[Path], typer.Option(metavar="DIR", help="A further folder that may be read.")] = [],
    time_limit: Annotated[float, typer.Option(min=1, help="Seconds after which the run is stopped.")] = (
        DEFAULT_LIMIT_SECONDS
    ),
) -> None:
    """Run a notebook and publish its report; prints the report's path last."""
    from leadline.run.request import make_request

    given = (_read_params(params) if params else {}) | dict(_split(pair) for pair in parameter)
    folders = [*allow, *([params.parent] if params else [])]
    request = make_request(notebook, given, out=out, allow=tuple(folders), limit_seconds=time_limit)
    from leadline.run.runner import run_notebook, sweep

    for folder in sweep(out):
        typer.echo(f"An earlier run had been killed; its page is {folder / 'report.html'}", err=True)
    with _progress_bar(request.notebook.cell_count) as progress:
        outcome = run_notebook(request, progress)
    if failure := outcome.record["failure"]:
        step = f" at step '{failure['step']}'" if failure["step"] else ""
        typer.echo(
            f"{request.notebook.name} {outcome.record['status']}{step}:\n{failure['message']}", err=True
        )
    else:
        typer.echo(outcome.record["answer"] or "The notebook ran to its end.")
    typer.echo(outcome.folder / "report.html")
    raise typer.Exit(outcome.exit_code)


@app.command()
def new(
    name: Annotated[
        str, typer.Argument(help="Name of the new notebook; NAME.ipynb is put into this folder.")
    ],
) -> None:
    """Start a notebook of your own from the template."""
    from leadline.run.notebooks import TEMPLATE

    path = Path(name).with_suffix(".ipynb")
    if path.exists():
        raise ParameterError(f"{path} is there already. Choose another name.")
    if not path.parent.is_dir():
        raise ParameterError(f"There is no folder {path.parent}. Make it first.")
    shutil.copyfile(TEMPLATE, path)
    typer.echo(f"{path} is ready. Open it in JupyterLab, or: leadline run {shlex.quote(str(path))}")


def main() -> None:
    """Run the command line; an error of ours is a message and an exit code, never a traceback."""
    if sys.getfilesystemencoding() != "utf-8":  # a POSIX locale: 客户 could be neither read nor written
        os.execv(sys.executable, [sys.executable, "-X", "utf8", "-m", "leadline", *sys.argv[1:]])  # noqa: S606
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr] # PYTHONIOENCODING=gbk
    try:
        app()
    except LeadlineError as error:
        typer.echo(str(error), err=True)
        sys.exit(error.exit_code)


def _split(pair: str) -> tuple[str, str]:
    name, sign, value = pair.partition("=")
    if not sign:
        raise ParameterError(f"-p {pair!r} has no value. Write -p NAME=VALUE.")
    return name, value


def _read_params(path: Path) -> dict[str, Any]:
    from leadline.plain_yaml import read_yaml

    document = read_yaml(path)
    if not isinstance(document, dict):
        raise ParameterError(f"{path} must hold one 'name: value' a line.")
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
