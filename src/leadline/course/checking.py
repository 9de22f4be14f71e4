"""What a student can check: that an answer is there and of the kind asked for, not whether it is right."""

from typing import Any, Literal

from leadline.course.answers import is_missing, read_choice, read_ids, read_number
from leadline.course.sitting import current_sitting
from leadline.language import _

Form = Literal["number", "choice", "customers"]
_READERS = {"number": read_number, "choice": read_choice, "customers": read_ids}


def check(name: str, answer: Any, form: Form = "number", *, options: tuple[str, ...] = ()) -> None:
    """Say whether the answer called ``name`` can be handed in.

    Parameters
    ----------
    name
        The variable's name.
    answer
        Its value.
    form
        ``number``, ``choice`` (one of ``options``) or ``customers`` (a list of their ids).
    options
        The texts to choose from.
    """
    sitting = current_sitting()
    if sitting is not None and sitting.is_quiet:
        return
    print(_check(name, answer, form, options))  # noqa: T201 (read below the cell)


def _check(name: str, answer: Any, form: Form, options: tuple[str, ...]) -> str:
    if is_missing(answer):
        return _("{name}: not answered yet.", name=name)
    value = _READERS[form](answer)
    if form == "choice" and (value is None or value not in options):
        return _("{name}: choose one of {options}.", name=name, options=_(", ").join(options))
    if value is None:
        wanted = _("a number") if form == "number" else _("a list of customer ids")
        return _("{name}: this is not {wanted}.", name=name, wanted=wanted)
    return _("{name}: received. Whether it is right is judged when you hand in.", name=name)
