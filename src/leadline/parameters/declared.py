"""Read the parameters that a notebook declares from its text, without running or importing anything of it."""

import ast
import io
import json
import tokenize
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from leadline.errors import ParameterError
from leadline.language import _
from leadline.parameters.check import check_value, describe_type
from leadline.parameters.types import TYPES


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One line of a notebook's ``parameters`` cell."""

    name: str
    annotation: Any
    default: Any
    help: str

    @property
    def type_name(self) -> str:
        """The type as the notebook writes it, without the allowed values."""
        kind, optional = describe_type(self.annotation)
        return f"{kind.name} | None" if optional else kind.name

    @property
    def allowed(self) -> str:
        """What a value must be, in words."""
        return describe_type(self.annotation)[0].wanted


def read_notebook(path: Path) -> dict[str, Any]:
    """Read a notebook's JSON; a byte order mark is passed over.

    Raises
    ------
    ParameterError
        If it is missing, empty, cut short or no notebook.
    """
    try:
        document = json.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise ParameterError(
            _("{path} cannot be read: {strerror}.", path=path, strerror=error.strerror)
        ) from None
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise ParameterError(
            _("{path} is not a notebook: it is empty, cut short or not JSON.", path=path)
        ) from None
    if not isinstance(document, dict) or not isinstance(document.get("cells"), list):
        raise ParameterError(
            _("{path} is not a notebook: it has no list of cells (format 4 is read).", path=path)
        )
    return document


def declared_parameters(document: dict[str, Any], name: str) -> dict[str, Parameter]:
    """Return the parameters that the notebook ``name`` declares, in its order.

    Raises
    ------
    ParameterError
        With every line of the ``parameters`` cell that is not a typed literal, or whose default does not fit.
    """
    tagged = [
        "".join(cell.get("source", ""))
        for cell in document["cells"]
        if "parameters" in cell.get("metadata", {}).get("tags", [])
    ]
    if not tagged:
        return {}
    source = tagged[0]
    try:
        lines = ast.parse(source).body
    except (SyntaxError, ValueError) as error:
        raise ParameterError.of(
            _("{name}'s parameters cell cannot be read", name=name), f"{error}."
        ) from None
    comments = _comments(source)
    found: dict[str, Parameter] = {}
    problems = []
    for line in lines:
        if isinstance(line, ast.ImportFrom | ast.Import | ast.Expr):
            continue
        try:
            parameter = _read_line(line, comments.get(line.end_lineno or line.lineno, ""))
            found[parameter.name] = parameter
        except ValueError as error:
            problems.append(_("line {lineno}: {error}", lineno=line.lineno, error=error))
    if problems:
        raise ParameterError(_("{name}'s parameters cell cannot be read", name=name), problems)
    return found


def _read_line(line: ast.stmt, comment: str) -> Parameter:
    if not (isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) and line.value is not None):
        raise ValueError(
            _(
                "{line} is not 'name: Type = value'. Types: {types}.",
                line=repr(ast.unparse(line)[:60]),
                types=_(", ").join(("Choice", *TYPES)),
            )
        )
    annotation = _read_type(line.annotation)
    try:
        default = ast.literal_eval(line.value)
    except ValueError:
        raise ValueError(
            _("{name}'s default must be a plain value, not code.", name=line.target.id)
        ) from None
    if describe_type(annotation)[0].name not in ("File", "Dataset", "Secret"):
        check_value(line.target.id, annotation, default)
    return Parameter(name=line.target.id, annotation=annotation, default=default, help=comment)


def _read_type(node: ast.expr) -> Any:
    match node:
        case ast.Name(id=name) if name in TYPES:
            return TYPES[name]
        case ast.Subscript(value=ast.Name(id="Choice"), slice=slice_):
            items = slice_.elts if isinstance(slice_, ast.Tuple) else [slice_]
            choices = tuple(ast.literal_eval(item) for item in items)
            if not all(isinstance(choice, str) for choice in choices):
                raise ValueError(_("{type} must list texts in quotes.", type=ast.unparse(node)))
            return Literal[choices]
        case ast.BinOp(left=left, op=ast.BitOr(), right=ast.Constant(value=None)):
            return _read_type(left) | None
    known = _(", ").join(("Choice", *TYPES))
    raise ValueError(
        _("{type} is not a parameter type. Types: {types}.", type=repr(ast.unparse(node)), types=known)
    )


def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {
        token.start[0]: token.string.lstrip("# ").strip()
        for token in tokens
        if token.type == tokenize.COMMENT
    }
