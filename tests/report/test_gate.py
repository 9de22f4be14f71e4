import pytest

from leadline.report.gate import clean_html


@pytest.mark.parametrize(
    "html",
    [
        '<img src="x" onerror="alert(1)">',
        "<script>alert(1)</script>",
        '<a href="javascript:alert(1)">a</a>',
        '<a href=" data:text/html,<script>alert(1)</script>">a</a>',
        '<svg onload="alert(1)"><text>a</text></svg>',
        '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
        '<form action="https://evil.example"><input name="a"></form>',
        '<math><mtext><style><img src=x onerror="alert(1)"></style></mtext></math>',
        '<p style="background:url(https://evil.example/a.png)">a</p>',
        '<img src="https://evil.example/a.png">',
        '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    ],
)
def test_nothing_that_runs_or_calls_home_passes(html):
    cleaned = clean_html(html).lower()
    assert not any(word in cleaned for word in ("alert", "evil", "script", "form", "svg", "refresh"))


def test_tables_headings_and_images_stay_whole():
    html = (
        '<h2>Stages</h2><table class="dataframe"><caption>List</caption>'
        '<thead><tr><th scope="col" data-column="a_b" colspan="2">A</th></tr></thead>'
        '<tbody><tr><td data-value="0.1">10%</td><td rowspan="2">x</td></tr></tbody></table>'
        '<img src="data:image/png;base64,AA==" alt="a" width="50%">'
    )
    assert clean_html(html) == html


def test_ids_and_classes_of_the_page_cannot_be_borrowed():
    assert clean_html('<p id="run-record" class="card good summary">a</p>') == '<p class="summary">a</p>'


def test_stylers_ids_and_classes_stay():
    html = '<td id="T_ab1_row0_col0" class="data row0 col0">1</td>'
    assert clean_html(f"<table><tbody><tr>{html}</tr></tbody></table>").count(html) == 1


def test_links_open_without_telling_who_links():
    assert clean_html('<a href="https://example.org">a</a>') == (
        '<a href="https://example.org" rel="noopener noreferrer">a</a>'
    )
