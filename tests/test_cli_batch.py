"""``leadline batch`` as a process of its own."""

from collections.abc import Callable
from pathlib import Path

PARAMETERS = "from leadline.parameters import Count\nsize: Count = 5  # size"


def test_a_wrong_row_is_refused_before_anything_runs(write: Callable[..., Path], leadline: Callable) -> None:
    write("open('ran', 'w')", parameters=PARAMETERS)
    Path("plan.yml").write_text("notebook: work.ipynb\ngrid: {size: [1, x, -1], sise: [1]}\n")
    done = leadline("batch", "plan.yml", "--out", "out")
    assert done.returncode == 2
    assert "no parameter 'sise'. Did you mean 'size'?" in done.stderr
    assert "size == 'x'" in done.stderr
    assert "size == '-1'" in done.stderr
    assert not Path("ran").exists()
    assert "Traceback" not in done.stderr


def test_the_command_for_going_on_has_every_option_that_was_given(
    write: Callable[..., Path], leadline: Callable
) -> None:
    language = 'from leadline.parameters import Choice\nlanguage: Choice["en", "zh"] = "en"  # language'
    write("raise ValueError(size)", parameters=f"{PARAMETERS}\n{language}")
    Path("plan.yml").write_text("notebook: work.ipynb\ngrid: {size: [1, 2]}\n")
    given = "--out out --allow . --allow .. --workers 1 --force --shard 1/2 --time-limit 90.0 --retries 0"
    given += " --language zh"
    done = leadline("batch", "plan.yml", *given.split(), LEADLINE_WARM="0")
    assert done.returncode == 1
    assert "步骤" in done.stderr  # what went wrong is told in the reports' language
    words = (
        next(line for line in done.stderr.splitlines() if "--resume" in line)
        .split("leadline batch ")[1]
        .split()
    )
    assert (words[0], words[-1], sorted(words[1:-1])) == ("plan.yml", "--resume", sorted(given.split()))


def test_parts_of_a_batch_are_compared_together(write: Callable[..., Path], leadline: Callable) -> None:
    write("1 + 1", parameters=PARAMETERS)
    Path("plan.yml").write_text("notebook: work.ipynb\nname: 'B{size}'\ngrid: {size: [1, 2]}\n")
    for part in ("1/2", "2/2"):
        done = leadline("batch", "plan.yml", "--out", f"out{part[0]}", "--shard", part, LEADLINE_WARM="0")
        assert done.returncode == 0, done.stderr
        assert "1 of 1 reports done" in done.stdout
    page = Path("out1/batch_plan.html")
    assert "1 of 2 reports are done." in page.read_text("utf-8")
    done = leadline("batch", "plan.yml", "--out", "out1", "--compare", "--with", "out2")
    assert done.stdout.strip() == str(page)
    html = page.read_text("utf-8")
    assert "2 of 2 reports are done." in html
    assert 'href="../out2/' in html
