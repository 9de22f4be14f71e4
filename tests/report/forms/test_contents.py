"""What a report's other forms are made of is what its page shows, cleaned."""

from nbformat import NotebookNode, v4

from leadline.report.forms.contents import plain_text, read_contents
from tests.report.sample import make_notebook, make_record


def notebook_of(*cells: NotebookNode) -> NotebookNode:
    notebook = v4.new_notebook()
    notebook.cells = list(cells)
    return notebook


def shown(**data: str) -> NotebookNode:
    output = v4.new_output("display_data", {mime.replace("_", "/"): text for mime, text in data.items()})
    return v4.new_code_cell("x", outputs=[output])


def test_a_figure_has_the_heading_above_it_its_caption_and_its_alternative_text() -> None:
    (figure,) = read_contents(make_notebook(), make_record()).figures
    assert figure.section == "Gains curve"
    assert figure.alt.startswith("Gains curve: products and refined rise")
    assert figure.caption == "Share of all buyers found by share contacted, 4,000 held-out customers."
    assert figure.image is not None
    assert figure.image.startswith(b"\x89PNG")


def test_tables_of_outputs_come_in_order_with_their_section() -> None:
    tables = read_contents(make_notebook(), make_record()).tables
    assert [(shown.section, shown.table.attributes.get("data-name")) for shown in tables] == [
        ("What each stage adds", "stages"),
        ("How much is luck", None),
    ]


def test_limits_are_told_item_by_item_without_their_heading() -> None:
    limits = read_contents(make_notebook(), make_record()).limits
    assert limits == [
        (
            "Nobody was contacted: a buyer on the list may have bought anyway. "
            "Only a campaign with a control group shows that."
        ),
        "The customers are Dutch and of the year 2000; prices and products have changed since.",
    ]


def test_a_tag_within_a_sentence_stands_for_no_space() -> None:
    cell = v4.new_markdown_cell("## What this does not show\n\n- **Not** all (`a = b`), it is 2<br>lines.")
    assert read_contents(notebook_of(cell), make_record()).limits == ["Not all (a = b), it is 2 lines."]


def test_nothing_that_runs_gets_through() -> None:
    html = "<script>alert(1)</script><table><thead><tr><th>a<script>x</script></th></tr></thead>"
    html += "<tbody><tr><td onclick='x'>1</td></tr></tbody></table>"
    contents = read_contents(notebook_of(shown(text_html=html)), make_record())
    assert contents.tables[0].table.head[0].cells == [("", "a")]
    assert "onclick" not in str(contents.tables[0].table.body)


def test_a_drawing_that_only_a_browser_shows_is_named_and_has_no_image() -> None:
    contents = read_contents(notebook_of(shown(**{"image_svg+xml": "<svg/>"})), make_record())
    assert [(figure.image, bool(figure.alt)) for figure in contents.figures] == [(None, True)]


def test_a_report_without_a_heading_is_called_as_its_record_says() -> None:
    assert read_contents(notebook_of(), make_record()).title == make_record()["title"]


def test_plain_text_has_one_line_and_nothing_unseen() -> None:
    assert plain_text("a\n b\x00\u202ec\ud800d") == "a b c d"
