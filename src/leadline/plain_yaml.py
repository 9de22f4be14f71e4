"""YAML as a person writes it: mappings, lists and text, nothing that guesses, runs or explodes."""

from pathlib import Path
from typing import Any

import yaml

from leadline.errors import DataError
from leadline.language import _

MAXIMUM_BYTES = 1_000_000
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


class _PlainLoader(yaml.SafeLoader):
    """Scalars stay text (``0123`` and ``12:30`` too), save an unquoted null; no aliases, no repeated keys."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.composer.ComposerError(problem=_("aliases (*name) are not read here"))
        return super().compose_node(parent, index)

    def scalar(self, node: yaml.ScalarNode) -> str | None:
        return None if node.style is None and node.value in _NULLS else str(node.value)

    def mapping(self, node: yaml.MappingNode) -> dict[Any, Any]:
        content: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str) or key in content:
                reason = (
                    _("the key {key} is repeated", key=repr(key))
                    if isinstance(key, str)
                    else _("a key must be text")
                )
                raise yaml.constructor.ConstructorError(None, None, reason, key_node.start_mark)
            content[key] = self.construct_object(value_node, deep=True)
        return content


_PlainLoader.yaml_implicit_resolvers = {}
_PlainLoader.yaml_constructors = {
    "tag:yaml.org,2002:seq": yaml.SafeLoader.construct_yaml_seq,
    None: yaml.SafeLoader.construct_undefined,  # every other tag is refused
}
_PlainLoader.add_constructor("tag:yaml.org,2002:str", _PlainLoader.scalar)
_PlainLoader.add_constructor("tag:yaml.org,2002:map", _PlainLoader.mapping)


def read_yaml(path: str | Path) -> Any:
    """Read a YAML file whose scalars all stay text; the reader's own schema gives them types.

    Returns
    -------
    dict, list, str or None
        The document. An unquoted ``null``, ``~`` or empty value is None.

    Raises
    ------
    DataError
        If the file is missing, over 1 MB, not UTF-8 or not plain YAML (tags, aliases, repeated keys).
    """
    path = Path(path)
    headline = _("{path} is not a readable YAML file", path=path)
    if path.exists() and not path.is_file():
        raise DataError.of(headline, _("it is no file. Check the path."))
    try:
        with path.open("rb") as file:
            content = file.read(MAXIMUM_BYTES + 1)
    except OSError as error:
        raise DataError.of(headline, _("{strerror}. Check the path.", strerror=error.strerror)) from None
    if len(content) > MAXIMUM_BYTES:
        raise DataError.of(
            headline,
            _("it holds more than the {limit} bytes that are read.", limit=f"{MAXIMUM_BYTES:,}"),
        )
    try:
        return yaml.load(content.decode("utf-8-sig"), Loader=_PlainLoader)  # noqa: S506 (a SafeLoader)
    except UnicodeDecodeError:
        raise DataError.of(headline, _("it is not UTF-8. Save it as UTF-8.")) from None
    except yaml.MarkedYAMLError as error:
        mark, problem = error.problem_mark, error.problem
        raise DataError.of(
            headline,
            _("line {line}: {problem}.", line=mark.line + 1, problem=problem) if mark else f"{problem}.",
        ) from None
    except RecursionError:
        raise DataError.of(headline, _("it is nested too deeply.")) from None
    except yaml.YAMLError as error:
        raise DataError.of(headline, f"{str(error).splitlines()[0]}.") from None


def read_yaml_beside(path: str | Path, name: str) -> Any:
    """Read a YAML file that the one at ``path`` names: one of the same folder.

    Raises
    ------
    DataError
        As `read_yaml`, or if ``name`` leads out of the folder.
    """
    folder = Path(path).resolve().parent
    if Path(name).name != name or (folder / name).resolve().parent != folder:
        raise DataError.of(
            _("{name} cannot be read", name=name),
            _("{path} may name files of its own folder only. Write the file's name alone.", path=path),
        )
    return read_yaml(folder / name)
