"""Settings of ``leadline.toml``: the working folder's file first, then the project's."""

import tomllib
from pathlib import Path
from typing import Any, NamedTuple

from leadline.errors import ParameterError
from leadline.language import _
from leadline.paths import PROJECT


class Section(NamedTuple):
    """One table of a settings file, and the file."""

    file: Path
    values: dict[str, Any]


def read_sections(name: str) -> list[Section]:
    """Return the table ``name`` of each ``leadline.toml`` that has one, the working folder's first.

    Raises
    ------
    ParameterError
        If a file cannot be read, or its ``name`` is no table.
    """
    sections = []
    for home in dict.fromkeys((Path.cwd(), PROJECT)):
        file = home / "leadline.toml"
        try:
            settings = tomllib.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            continue
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ParameterError.of(_("{file} cannot be read", file=file), f"{error}.") from None
        if name not in settings:
            continue
        if not isinstance(settings[name], dict):
            problem = _("write [{name}] on a line of its own, and its settings below it.", name=name)
            raise ParameterError.of(_("{file} cannot be read", file=file), problem)
        sections.append(Section(file, settings[name]))
    return sections
