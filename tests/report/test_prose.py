from itertools import count

import pytest
from markupsafe import Markup

from leadline.report.prose import Heading, anchor_headings, render_markdown, take_title


def test_markdown_is_rendered_and_cleaned():
    html = render_markdown("Some **bold** text.\n\n|a|\n|-|\n|<img src=x onerror=alert(1)>|")
    assert "<strong>bold</strong>" in html
    assert "<td><img></td>" in html


@pytest.mark.parametrize("name", ["a", "客户 1.png"])
def test_an_attached_image_is_written_into_the_page(name):
    html = render_markdown(f"![a](<attachment:{name}>)", {name: "data:image/png;base64,AA=="})
    assert '<img src="data:image/png;base64,AA==" alt="a">' in html


def test_an_image_that_is_not_attached_shows_its_description():
    assert '<img alt="a">' in render_markdown("![a](attachment:a)", {"b": "data:image/png;base64,AA=="})


def test_the_title_is_split_off():
    assert take_title(Markup("<h1>A &amp; <em>b</em></h1><p>c</p>")) == ("A & b", "<p>c</p>")
    assert take_title(Markup("<p>c</p>")) == ("", "<p>c</p>")


def test_headings_get_anchors_in_order():
    numbers = count(1)
    html, headings = anchor_headings(Markup("<h2>A</h2><h3>B <em>c</em></h3>"), numbers)
    assert html == '<h2 id="section-1">A</h2><h3 id="section-2">B <em>c</em></h3>'
    assert headings == [
        Heading(anchor="section-1", text="A", level=2),
        Heading(anchor="section-2", text="B c", level=3),
    ]
    assert next(numbers) == 3


def test_a_second_title_becomes_a_section():
    html, _headings = anchor_headings(Markup("<h1>A</h1>"), count(1))
    assert html == '<h2 id="section-1">A</h2>'


def test_a_heading_inside_an_attribute_is_left_alone():
    html = Markup('<span title="<h2>a</h2>">b</span>')
    assert anchor_headings(html, count(1)) == (html, [])
