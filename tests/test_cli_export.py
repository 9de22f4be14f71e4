"""``leadline run --xlsx …`` and ``leadline export``, as they are typed."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from subprocess import CompletedProcess

Leadline = Callable[..., "CompletedProcess[str]"]


def test_forms_are_asked_for_with_a_run_and_afterwards(
    leadline: Leadline, write: Callable[..., Path]
) -> None:
    write("1 + 1")
    done = leadline("run", "work.ipynb", "--out", "out", "--email", "--xlsx")
    assert done.returncode == 0, done.stderr
    *others, page = map(Path, done.stdout.splitlines()[-3:])
    assert page.name == "report.html"
    assert [path.name for path in others] == ["tables.xlsx", "email.html"]
    assert all(path.is_file() for path in others)

    exported = leadline("export", str(page.parent), "--pptx")
    assert (exported.returncode, exported.stdout) == (0, f"{page.parent / 'slides.pptx'}\n")

    refused = leadline("export", str(page.parent), "--pdf", LEADLINE_CHROMIUM="/no/chromium")
    assert refused.returncode == 2
    assert "LEADLINE_CHROMIUM names /no/chromium, which is no program" in refused.stderr
