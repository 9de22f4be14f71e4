"""Put labs that come with leadline into a course, in its language."""

import json
from collections.abc import Sequence
from pathlib import Path

from leadline.course.folder import Course
from leadline.course.labs import list_labs, read_lab, translate_lab
from leadline.durable import replace_file
from leadline.errors import ParameterError
from leadline.language import _


def find_labs(names: Sequence[str]) -> tuple[Path, ...]:
    """Return the notebooks of labs by their names; all of them if none is named.

    Raises
    ------
    ParameterError
        If there is none of a name.
    """
    known = {path.stem: path for path in list_labs()}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ParameterError.of(
            _("The labs cannot be added"),
            *(
                _("there is no lab {lab}. Known: {labs}.", lab=repr(name), labs=_(", ").join(known))
                for name in unknown
            ),
        )
    return tuple(known[name] for name in names or known)


def add_labs(course: Course, labs: Sequence[Path]) -> tuple[str, ...]:
    """Copy labs into ``source/<lab>/<lab>.ipynb``; one that is there already stays as the instructor has it.

    Returns
    -------
    tuple of str
        The names of those added.
    """
    added = []
    for path in labs:
        place = course.place / "source" / path.stem / path.name
        if place.exists():
            continue
        notebook = translate_lab(read_lab(path), course.language)
        place.parent.mkdir(parents=True, exist_ok=True)
        replace_file(place, (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode())
        added.append(path.stem)
    return tuple(added)
