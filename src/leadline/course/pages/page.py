"""What every page of a course has: one file that loads nothing, in the course's language."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from leadline.language import format_value, plural
from leadline.language.messages import current_locale
from leadline.report.fonts import embed_fonts
from leadline.report.templates import read_asset, render_template, write_policy


def render_course_page(template: str, page: Mapping[str, Any], *, told: str, script: str = "") -> bytes:
    """Fill a template of the course and return the file.

    Parameters
    ----------
    template
        Its name in ``report/template``.
    page
        What it shows.
    told
        All texts that come from data, for the letters that the page brings along.
    script
        Our own script, where the page needs one.
    """
    style, fonts = f"{read_asset('page.css')}\n{read_asset('course.css')}", embed_fonts(told)
    filled = {
        **page,
        "language": current_locale().replace("_", "-"),
        "policy": write_policy(styles=[style, fonts], script=script),
        "style": Markup(style),  # noqa: S704 - our own file
        "fonts": Markup(fonts),  # noqa: S704 - our own rules
        "script": Markup(script),  # noqa: S704 - our own file
    }
    return render_template(template, filled).encode("utf-8", "replace")


def write_points(score: float, points: float) -> str:
    """Write what was earned of what could be: 1.5 of 2 points."""
    return plural(
        "{score} of {points} point",
        "{score} of {points} points",
        1 if points == 1 else 2,
        score=format_value(score, "number"),
        points=format_value(points, "number"),
    )
