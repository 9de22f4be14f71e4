"""Files come into being by one path, `leadline.durable`; who writes otherwise stands here, and why."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "leadline"
#: Module → why it opens or moves files itself.
WRITERS = {
    "durable.py": "the path itself",
    "data/table_folder.py": "a staged folder, published by one rename",
    "run/staging.py": "a staged folder, published by one rename",
    "run/schedule/retention.py": "a folder is put aside by one rename before it is emptied",
    "data/loop/parts.py": "parts under one lock, durable before the index names them",
    "data/partner/audit.py": "an audit log is appended to, under a lock, cut back where a line was not whole",
    "shared_key.py": "a key is made once, never replaced",
    "course/game/log.py": "the game's SQLite file is made once",
    "course/releasing/release.py": "a staged folder, swapped with the one before",
    "course/releasing/data.py": "into the staged folder of a release",
    "course/bundle/archive.py": "an archive is packed in a scratch folder, durable before its rename",
    "course/bundle/wheels.py": "into the scratch folder of an archive",
    "data/catalogue.py": "fetched into a scratch folder, checked, then renamed",
    "course/pages/feedback.py": "a temporary file that is searched, never published",
    "report/forms/chromium.py": "the browser's own temporary folder",
    "data/buckets.py": "a staged folder, published by one rename",
    "data/sheets.py": "an archive in memory",
    "data/spark_session.py": "Spark's log, in a scratch folder",
    "run/bulk/record.py": "into the staged folder of a list",
    "run/bulk/streams.py": "into the staged folder of a list",
    "run/kernels.py": "the kernel's log, in the run's staged folder",
    "run/warm/host.py": "a socket and a log in a scratch folder",
    "run/batch/worker.py": "a pipe, no file",
    "course/sandbox/host.py": "the sandbox's own folder",
    "course/sandbox/isolation.py": "the kernel's files under /proc",
    "course/sandbox/filesystem.py": "the sandbox's own folder",
    "course/sandbox/supervisor.py": "pipes, no files",
    "language/extract.py": "a tool of the developers; the catalogue is under version control",
    "language/translations.py": "a tool of the developers; the catalogue is under version control",
}
_OPENING = {
    "write_text",
    "write_bytes",
    "touch",
    "mkstemp",
    "copyfile",
    "copy",
    "copy2",
    "copytree",
    "symlink_to",
}
_MOVING = {"rename", "replace"}


def find_writes(path: Path) -> list[int]:
    """Lines that open a file for writing, copy one, or move one to its place."""
    return [node.lineno for node in ast.walk(ast.parse(path.read_text("utf-8"))) if _is_write(node)]


def _is_write(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    texts = {part.value for part in [*node.args, *(k.value for k in node.keywords)] if _is_text(part)}
    if name in ("open", "fdopen"):
        modes = {text for text in texts if len(text) <= 3 and set(text) <= set("rwxab+t")}
        flags = {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}
        return any(set(mode) & set("wxa+") for mode in modes) or bool(flags & {"O_WRONLY", "O_RDWR"})
    if name in _OPENING:
        owner = getattr(getattr(node.func, "value", None), "id", "")
        is_method = isinstance(node.func, ast.Attribute)  # `leadline.data.export.write_text` is the path
        return is_method and (name not in ("copy", "copytree") or owner == "shutil")
    if name in _MOVING:  # a text or a frame takes two values or names; a path takes the one place
        is_column = getattr(getattr(node.func, "value", None), "id", "") == "column"
        return len(node.args) == 1 and not node.keywords and not is_column and _is_place(node.args[0])
    return name in ("ParquetWriter", "to_csv", "to_parquet", "to_excel", "savefig") and _names_a_path(node)


def _is_text(part: ast.AST) -> bool:
    return isinstance(part, ast.Constant) and isinstance(part.value, str)


def _is_place(argument: ast.expr) -> bool:
    """Whether an argument may be a path: a joined one, or a name of one."""
    if isinstance(argument, ast.BinOp):
        return isinstance(argument.op, ast.Div)
    if isinstance(argument, ast.Call):
        return getattr(argument.func, "attr", "") in ("absolute", "with_name", "with_suffix")
    return isinstance(argument, ast.Name) and argument.id in (
        "path",
        "place",
        "file",
        "out",
        "folder",
        "target",
    )


def _names_a_path(node: ast.Call) -> bool:
    return bool(node.args) and _is_place(node.args[0]) and getattr(node.args[0], "id", "") != "file"


@pytest.mark.parametrize(
    "source",
    [
        "path.write_text('x')",
        "open(name, 'w')",
        "path.open('ab')",
        "os.open(path, os.O_WRONLY | os.O_CREAT)",
        "beside.replace(folder / name)",
        "stage.rename(place)",
        "shutil.copyfile(a, b)",
        "frame.to_csv(path)",
    ],
)
def test_a_write_is_seen(tmp_path: Path, source: str) -> None:
    (tmp_path / "a.py").write_text(source)
    assert find_writes(tmp_path / "a.py") == [1]


def test_files_are_written_by_the_one_path_or_with_a_reason() -> None:
    found = {
        path.relative_to(PACKAGE).as_posix(): lines
        for path in sorted(PACKAGE.rglob("*.py"))
        if (lines := find_writes(path))
    }
    others = {name: lines for name, lines in found.items() if name not in WRITERS}
    assert others == {}, "write with leadline.durable"
    assert WRITERS.keys() - found.keys() == set(), "no longer writes: strike it off"
