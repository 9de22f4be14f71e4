import warnings

import matplotlib as mpl
import pytest
from matplotlib import font_manager
from matplotlib.colors import to_rgb

from leadline.chart.theme import COLOURS, DASHES, INK, QUIET, format_axis, new_figure, theme
from leadline.report.blocks import draw_png


def luminance(colour):
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(colour):
    return 1.05 / (luminance(colour) + 0.05)


def test_the_theme_leaves_no_trace():
    before = dict(mpl.rcParams)
    with theme():
        assert mpl.rcParams["axes.spines.top"] is False
    assert dict(mpl.rcParams) == before


def test_text_can_be_read_and_leading_lines_seen():
    assert contrast(INK) > 7
    assert contrast(QUIET) > 4.5
    assert all(contrast(colour) > 3 for colour in COLOURS[:3])  # WCAG 1.4.11
    assert len({str(dash) for dash in DASHES}) == len(DASHES)


def test_the_label_is_the_alternative_text():
    with theme():
        figure, _ = new_figure(3, "what it shows")
    assert figure.get_label() == "what it shows"


@pytest.mark.parametrize(
    ("unit", "value", "written"),
    [("share", 0.05, "5%"), ("share", 0.025, "2.5%"), ("number", -2000, "−2,000")],
)
def test_ticks_are_written_for_the_reader(unit, value, written):
    with theme():
        _, axes = new_figure(3, "")
        format_axis(axes.xaxis, unit)
    assert axes.xaxis.get_major_formatter()(value) == written


def test_only_installed_fonts_are_asked_for():
    installed = set(font_manager.get_font_names())
    with theme():
        assert mpl.rcParams["font.family"][0] == "DejaVu Sans"
        assert set(mpl.rcParams["font.family"]) <= installed


def test_chinese_is_drawn_on_a_machine_without_chinese_fonts(caplog):
    with theme():
        figure, axes = new_figure(2, "名单")
        axes.set_title("精准营销：提升度", weight="bold")
        axes.set_xlabel("购买者占比")
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a missing glyph is a box on the page
        drawn = draw_png(figure)
    assert not caplog.records  # nor may the search for a font complain
    axes.set_xlabel("")
    assert draw_png(figure) != drawn
