"""The form of a notebook's parameters: set them here, run the report with them, export what is shown."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as widgets
from IPython.display import HTML, display

from leadline.errors import LeadlineError, ProblemsError
from leadline.lab.background import BackgroundRun, Message
from leadline.lab.fields import Field
from leadline.lab.html import link_file, write_line, write_note, write_problems
from leadline.lab.session import Session
from leadline.lab.style import show_style
from leadline.lab.values import find_changed, to_plain, write_code, write_command
from leadline.language import _, current_language, speaking
from leadline.parameters.check import check_values
from leadline.parameters.declared import Parameter, declared_parameters, read_notebook


class ParameterForm:
    """One field a parameter, in the notebook's order; those that default to nothing are folded away.

    Buttons answer in threads of their own: the language is the one in which the form was made.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._language = current_language()
        self._name = session.path.stem
        self._declared = declared_parameters(read_notebook(session.path), self._name)
        self._fields = {
            name: Field(parameter, self._find_value(parameter), language=self._language)
            for name, parameter in self._declared.items()
        }
        self._told = widgets.HTML()
        self._links = widgets.Output()
        self._run: BackgroundRun | None = None
        self._run_button = self._make_button(_("Run report"), self._run_or_stop)
        self.box = self._make_box()

    def show(self) -> None:
        """Display the form, folded."""
        show_style()
        display(self.box)

    def _find_value(self, parameter: Parameter) -> Any:
        return to_plain(self._session.values.get(parameter.name, parameter.default))

    def _make_box(self) -> Any:
        main = [field.box for field in self._fields.values() if field.parameter.default is not None]
        rare = [field.box for field in self._fields.values() if field.parameter.default is None]
        parts = [_make_grid(main)]
        if rare:
            parts += _fold(_("Further parameters"), _make_grid(rare))
        buttons = [
            self._make_button(_("Apply"), self._apply, style="primary"),
            self._run_button,
            self._make_button(_("Show command"), self._show_command),
            self._make_button(_("Export report"), self._export),
        ]
        body = widgets.VBox([*parts, widgets.HBox(buttons), self._told, self._links])
        return widgets.VBox(_fold(_("Parameters and report"), body)).add_class("leadline-form")

    def _make_button(self, words: str, act: Callable[[], None], style: str = "") -> Any:
        button = widgets.Button(description=words, button_style=style)

        def answer(_button: object) -> None:
            with speaking(self._language):
                self._clear()
                try:
                    act()
                except ProblemsError as error:
                    self._told.value = write_problems(error.headline, error.problems)
                except LeadlineError as error:
                    self._told.value = write_problems(str(error))

        button.on_click(answer)
        return button

    def _clear(self) -> None:
        self._told.value = ""
        self._links.outputs = ()

    def _check(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return all values, typed, and those that differ from the defaults, as they were written."""
        values = {name: field.value for name, field in self._fields.items()}
        annotations = {name: parameter.annotation for name, parameter in self._declared.items()}
        checked = check_values(self._name, annotations, values)
        return checked, find_changed(self._declared, values)

    def _apply(self) -> None:
        checked, _given = self._check()
        before = {name: self._find_value(parameter) for name, parameter in self._declared.items()}
        now = {name: to_plain(value) for name, value in checked.items()}
        changed = {name: value for name, value in now.items() if value != before[name]}
        if not changed:
            self._told.value = write_note(_("The notebook has these values already."))
            return
        self._session.values.update(checked)
        self._session.applied_at = self._session.next_count
        self._session.language = changed.get("language")
        note = _("Set. Now run the cells below with it: menu Run, “Run Selected Cell and All Below”.")
        line = write_line(_("The same in one line of code:"), write_code(changed))
        self._told.value = write_note(note) + line

    def _show_command(self) -> None:
        _checked, given = self._check()
        command = write_command(self._session.path, self._declared, given, self._session.out)
        self._told.value = write_line(_("The same report from the command line:"), command)

    def _export(self) -> None:
        from leadline.lab.export import publish_saved  # noqa: PLC0415 (papermill, which takes a second)

        if self._session.is_running:
            self._told.value = write_problems(_("Cells are running. Export when they have ended."))
            return
        folder = publish_saved(self._session)
        self._link(_("Report exported:"), folder)

    def _run_or_stop(self) -> None:
        if self._run:
            self._run.stop()
            return
        _checked, given = self._check()
        self._told.value = write_note(_("The report is being run from the notebook as it was saved …"))
        self._run_button.description = _("Stop the run")
        self._run = BackgroundRun(self._session.path, given, self._session.out, self._hear)

    def _hear(self, message: Message) -> None:
        with speaking(self._language):
            if "cell" in message:
                step = message["title"] or self._name
                self._told.value = write_note(
                    _(
                        "Cell {cell} of {cells}: {step}",
                        cell=min(message["cell"] + 1, message["cells"]),
                        cells=message["cells"],
                        step=step,
                    )
                )
                return
            self._run = None
            self._run_button.description = _("Run report")
            if "folder" not in message:
                reason = message["error"] or _("The run ended before it began.")
                self._told.value = write_problems(reason)
                return
            write = write_note if message["status"] == "done" else write_problems
            self._told.value = write(message["message"])
            self._link(_("The report:"), Path(message["folder"]))

    def _link(self, words: str, folder: Path) -> None:
        page = link_file(words, folder / "report.html", self._session.path.parent)
        self._links.append_display_data(HTML(page))


def _make_grid(boxes: list[Any]) -> Any:
    return widgets.Box(boxes).add_class("leadline-fields")


def _fold(words: str, body: Any) -> list[Any]:
    """Return a button that shows and hides ``body``, and the body, hidden."""
    button = widgets.ToggleButton(value=False, description=words, icon="caret-right")
    body.layout.display = "none"

    def turn(change: dict[str, Any]) -> None:
        body.layout.display = None if change["new"] else "none"
        button.icon = "caret-down" if change["new"] else "caret-right"

    button.observe(turn, "value")
    return [button, body]
