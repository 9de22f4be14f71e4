"""One labelled field of the form for one parameter, checked as it is changed."""

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from html import escape
from typing import Any, Literal, get_args, get_origin

import ipywidgets as widgets

from leadline.datasets import SAMPLE_MARKET, known_names
from leadline.language import _, speaking
from leadline.parameters.check import check_value, describe_type
from leadline.parameters.declared import Parameter

_WRONG = "leadline-wrong"


class Field:
    """A parameter's widget, its help and, where its value does not fit, why."""

    def __init__(self, parameter: Parameter, value: Any, *, language: str) -> None:
        self.parameter = parameter
        self._language = language
        self._widget = _make_widget(parameter, value)
        self._widget.description = parameter.name
        self._widget.tooltip = parameter.allowed
        self._widget.style.description_width = "9rem"
        self._widget.layout.width = "auto"
        self._below = widgets.HTML().add_class("leadline-help")
        self.box = widgets.VBox([self._widget, self._below])
        self._widget.observe(self._show_problem, "value")
        self._show_problem()

    @property
    def value(self) -> Any:
        """What stands in the field, as a notebook would write it."""
        value = self._widget.value
        if isinstance(value, dt.date):
            return value.isoformat()
        if isinstance(value, list | tuple):
            value = list(value)
        is_optional = describe_type(self.parameter.annotation)[1]
        return None if is_optional and value in ("", []) else value

    @property
    def problem(self) -> str:
        """Why the value does not fit; empty where it does."""
        try:
            check_value(self.parameter.name, self.parameter.annotation, self.value)
        except ValueError as error:
            return str(error)
        return ""

    def _show_problem(self, _change: object = None) -> None:
        with speaking(self._language):
            problem = self.problem
            help_text = _(self.parameter.help)
        told = f'<p class="problem" role="alert">{escape(problem)}</p>' if problem else ""
        self._below.value = f"{told}<p>{escape(help_text)}</p>"
        (self.box.add_class if problem else self.box.remove_class)(_WRONG)


def _make_widget(parameter: Parameter, value: Any) -> Any:
    kind, is_optional = describe_type(parameter.annotation)
    if kind.name in ("Choice", "Flag"):
        return _make_choice(parameter.annotation, value, is_flag=kind.name == "Flag", is_optional=is_optional)
    make = _OPTIONAL_WIDGETS.get(kind.name) if is_optional else _WIDGETS.get(kind.name)
    if make is not None:
        with suppress(Exception):  # what stands there now does not fit the widget: show it as text
            return make(value)
    hint = _("empty: none") if is_optional else parameter.allowed
    return widgets.Text(value=_write(value), placeholder=hint, continuous_update=False)


def _make_choice(annotation: Any, value: Any, *, is_flag: bool, is_optional: bool) -> Any:
    if is_flag and not is_optional:
        return widgets.Checkbox(value=bool(value), indent=True)
    choices: list[tuple[str, Any]] = [(choice, choice) for choice in _choices(annotation)]
    if is_flag:
        choices = [(_("yes"), True), (_("no"), False)]
    if is_optional:
        choices.insert(0, (_("none"), None))
    if value not in [choice for _label, choice in choices]:
        choices.append((_write(value), value))
    return widgets.Dropdown(options=choices, value=value)


def _choices(annotation: Any) -> tuple[str, ...]:
    """Return the allowed values of a ``Choice``, or of one that may be None."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    inner = next((part for part in get_args(annotation) if get_origin(part) is Literal), None)
    return get_args(inner)


def _make_dataset(value: Any) -> Any:
    names = tuple(dict.fromkeys([SAMPLE_MARKET, *known_names()]))
    return widgets.Combobox(value=_write(value), options=names, ensure_option=False, continuous_update=False)


def _make_date(value: Any) -> Any:
    return widgets.DatePicker(value=dt.date.fromisoformat(value) if isinstance(value, str) else value)


def _make_tags(value: Any) -> Any:
    return widgets.TagsInput(value=list(value or []), allow_duplicates=True)


def _make_whole(value: Any) -> Any:
    return widgets.IntText(value=int(value))


def _make_number(value: Any) -> Any:
    return widgets.FloatText(value=float(value))


def _make_share(value: Any) -> Any:
    return widgets.FloatText(value=float(value), step=0.01)


def _write(value: Any) -> str:
    return "" if value is None else str(value)


#: Widgets that can be empty; a limited one would change a wrong value silently, where we say what is wrong.
_OPTIONAL_WIDGETS: dict[str, Callable[[Any], Any]] = {
    "Date": _make_date,
    "Texts": _make_tags,
    "Columns": _make_tags,
    "Dataset": _make_dataset,
}
_WIDGETS = _OPTIONAL_WIDGETS | {
    "Count": _make_whole,
    "Seed": _make_whole,
    "Share": _make_share,
    "Money": _make_number,
}
