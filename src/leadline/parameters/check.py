"""Check values against their declared types; all problems at once."""

from collections.abc import Mapping, MutableMapping
from difflib import get_close_matches
from functools import partial
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from leadline.datasets import hide_connection
from leadline.errors import ParameterError
from leadline.language import N_, _
from leadline.parameters.types import Kind, UnfitError

_SHOWN = 60
#: Signs that end a sentence, in each language.
_ENDS = (".", "?", "。", "？")


def check_value(name: str, annotation: Any, value: Any) -> Any:
    """Return ``value`` as its declared type.

    Raises
    ------
    ValueError
        In one sentence: the name, what was given, what it must be.
    """
    kind, optional = describe_type(annotation)
    if value is None or (optional and isinstance(value, str) and value.strip() in _nothing(kind)):
        if optional:
            return None
        raise ValueError(_("{name} is empty, must be {wanted}.", name=name, wanted=kind.wanted))
    try:
        return kind.read(value)
    except ValueError as error:
        raise ValueError(_one_sentence(name, kind, value, error)) from None


def check_values(notebook: str, declared: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the ``given`` values as their ``declared`` types.

    Raises
    ------
    ParameterError
        With every unknown name (and the nearest known one) and every value that does not fit.
    """
    problems, checked = [], {}
    for name, value in given.items():
        if name not in declared:
            near = get_close_matches(name, declared, n=1, cutoff=0.5)
            hint = (
                _("Did you mean {near}?", near=repr(near[0]))
                if near
                else _("It has: {names}.", names=_(", ").join(declared) or _("none"))
            )
            problems.append(
                _(
                    "{notebook} has no parameter {name}. {hint}",
                    notebook=notebook,
                    name=_show(name),
                    hint=hint,
                )
            )
            continue
        try:
            checked[name] = check_value(name, declared[name], value)
        except ValueError as error:
            problems.append(str(error))
    if problems:
        raise ParameterError(_("{notebook} cannot run with these parameters", notebook=notebook), problems)
    return checked


def check_parameters(namespace: MutableMapping[str, Any]) -> None:
    """Check a notebook's parameters and replace each by its typed value; called in set-up with ``globals()``.

    A ``Date`` becomes a `datetime.date`, a ``File`` an absolute path, a ``Secret`` a `SecretValue`.

    Raises
    ------
    ParameterError
        With all problems at once.
    """
    declared = {
        name: annotation
        for name, annotation in namespace.get("__annotations__", {}).items()
        if name in namespace and is_parameter_type(annotation)
    }
    namespace.update(check_values(_("This notebook"), declared, {name: namespace[name] for name in declared}))


def describe_type(annotation: Any) -> tuple[Kind, bool]:
    """Return the kind of a parameter type and whether its value may be None."""
    if get_origin(annotation) in (Union, UnionType):
        (inner,) = (part for part in get_args(annotation) if part is not NoneType)
        return describe_type(inner)[0], True
    if get_origin(annotation) is Literal:
        choices = get_args(annotation)
        return Kind("Choice", N_("one of {choices}"), partial(_choose, choices), choices), False
    return annotation.__metadata__[-1], False


def is_parameter_type(annotation: Any) -> bool:
    """Tell whether ``annotation`` is one of the closed list of parameter types."""
    if get_origin(annotation) in (Union, UnionType):
        inner = [part for part in get_args(annotation) if part is not NoneType]
        return len(inner) == 1 and is_parameter_type(inner[0])
    if get_origin(annotation) is Literal:
        return True
    return get_origin(annotation) is Annotated and isinstance(annotation.__metadata__[-1], Kind)


def _nothing(kind: Kind) -> tuple[str, ...]:
    """Texts that stand for no value; where any text is a value, only the empty one."""
    return ("",) if kind.name in ("Text", "Column", "Choice") else ("", "null", "none", "None")


def _choose(choices: tuple[str, ...], value: Any) -> str:
    if value not in choices:
        near = get_close_matches(str(value), choices, n=1)
        raise UnfitError(_("is not allowed"), _("Did you mean {near}?", near=repr(near[0])) if near else "")
    return str(value)


def _one_sentence(name: str, kind: Kind, value: Any, error: ValueError) -> str:
    if kind.name == "Secret":
        return _("{name} {reason}.", name=name, reason=error)
    if isinstance(error, UnfitError) and kind.name not in ("File", "Dataset"):
        hint = f" {error.hint}" if error.hint else ""
        return _(
            "{name} == {value}, must be {wanted}.{hint}",
            name=name,
            value=_show(value),
            wanted=kind.wanted,
            hint=hint,
        )
    reason = str(error)
    if reason.endswith(_ENDS):
        return _("{name} == {value}, which {reason}", name=name, value=_show(value), reason=reason)
    return _("{name} == {value}, which {reason}.", name=name, value=_show(value), reason=reason)


def _show(value: Any) -> str:
    if isinstance(value, str):
        value = hide_connection(value)
    text = ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
