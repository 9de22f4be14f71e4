"""What the documents promise is there."""

import re
from pathlib import Path

import pytest

from leadline.cli import app

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("data/*.md")]


def code_of(text: str) -> str:
    return "\n".join(re.findall(r"```.*?```|`[^`\n]+`", text, flags=re.DOTALL))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", document.read_text("utf-8")):
        if "://" not in target:
            assert (document.parent / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_exist(document: Path) -> None:
    code = code_of(document.read_text("utf-8"))
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), flags=re.MULTILINE))
    assert set(re.findall(r"\bmake (\w+)", code)) <= targets
    commands = app.commands.keys()
    assert set(re.findall(r"\bleadline (run|list|describe|new|\w+)\b", code)) <= commands


def test_the_two_commands_are_in_the_readme_and_ci_calls_the_second() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert "make report" in readme
    assert "make test" in readme
    assert "\nmake -j2 lint spark\nmake test\n" in (ROOT / ".ci" / "run").read_text("utf-8")


def test_no_document_names_a_path_of_some_machine() -> None:
    for document in DOCUMENTS:
        assert not re.search(r"/(root|work|tmp|home/\w+)/", document.read_text("utf-8")), document
