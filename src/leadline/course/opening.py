"""The tables of a lab, as its notebook opens them: the student's own, or a demonstration's."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from leadline.course.sitting import current_sitting
from leadline.errors import DataError
from leadline.language import LANGUAGES, _, use_language

#: Beside a student's notebook: the folder of the tables, and in it the file that says whose they are.
DATA_FOLDER = "data"
NOTE_FILE = "lab.json"


class Lab(Mapping[str, pd.DataFrame]):
    """The tables of a lab by their names; each is a fresh copy, so that a change spoils nothing."""

    def __init__(self, tables: Mapping[str, pd.DataFrame], owner: str) -> None:
        self._tables = dict(tables)
        self.owner = owner

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self._tables[name].copy()

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def __repr__(self) -> str:
        return _("Tables of {owner}: {names}", owner=self.owner, names=_(", ").join(self._tables))


def open_lab(folder: str | Path = DATA_FOLDER) -> Lab:
    """Open the tables that lie beside the notebook, and speak the language of the course from here on.

    Parameters
    ----------
    folder
        Where they lie.

    Raises
    ------
    DataError
        If they are not there, or cannot be read.
    """
    place = Path(folder)
    sitting = current_sitting()
    if sitting is not None and sitting.maker is not None and not (place / NOTE_FILE).is_file():
        return Lab(sitting.data, sitting.student_id)
    try:
        note = json.loads((place / NOTE_FILE).read_text("utf-8"))
        if note.get("language") in LANGUAGES:
            use_language(note["language"])
        tables = {name: pd.read_parquet(place / f"{name}.parquet") for name in note["tables"]}
        return Lab(tables, str(note["student"]))
    except FileNotFoundError:
        found = _("there is no file {file}. Keep the notebook and its folder data together.", file=NOTE_FILE)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        found = _("it cannot be read ({reason}). Take the folder that you were given anew.", reason=error)
    raise DataError.of(_("The data of this lab cannot be opened from {place}", place=place), found)
