import pandas as pd
import pytest

from leadline.report.styles import collect_styler_rules, filter_declarations


def test_colours_and_alignment_stay():
    assert filter_declarations("color: #c00; TEXT-ALIGN:right") == "color:#c00;text-align:right"


def test_a_background_alone_gets_text_that_reads_on_it_in_dark_mode_too():
    assert filter_declarations("background-color: yellow") == "background-color:yellow;color:#000"


@pytest.mark.parametrize(
    "css",
    [
        "position:fixed",
        "background:url(https://evil.example)",
        "background:image-set('x' 1x)",
        "width:expression(alert(1))",
        "color:\\75rl(x)",
        "color:red}body{display:none",
        "behavior:x",
        'content:"x"',
    ],
)
def test_what_could_cover_the_page_or_call_home_is_dropped(css):
    assert filter_declarations(css) == ""


def test_the_colours_of_a_styler_survive():
    frame = pd.DataFrame({"gain": [1, 3]})
    html = (
        frame.style.set_uuid("ab")
        .highlight_max(color="gold")
        .set_table_styles([{"selector": "th", "props": "color: navy"}])
    )
    rules = collect_styler_rules(html.to_html())
    assert "#T_ab_row1_col0{background-color:gold;color:#000}" in rules
    assert "#T_ab th{color:navy}" in rules


@pytest.mark.parametrize(
    "block",
    [
        "body{display:none}",
        "#T_a, body{color:red}",
        "@import 'https://evil.example/a.css';#T_a{color:red}",
        "#T_a{background:url(https://evil.example)}",
        "#T_a{color:red;</style><script>alert(1)</script>}",
    ],
)
def test_other_rules_of_style_blocks_are_dropped(block):
    assert collect_styler_rules(f"<style>{block}</style>") == ""
