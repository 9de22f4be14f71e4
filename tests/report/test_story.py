from nbformat import v4

from leadline.report.intake import clean_notebook
from leadline.report.story import tell_story


def tell(*cells):
    notebook = v4.new_notebook()
    notebook.cells = list(cells)
    return tell_story(clean_notebook(notebook))


def figure():
    return v4.new_code_cell("x", outputs=[v4.new_output("display_data", data={"image/png": "AA=="})])


def test_a_figure_is_named_after_the_nearest_heading_above():
    story = tell(v4.new_markdown_cell("# Title"), figure(), v4.new_markdown_cell("## A\n\n### B"), figure())
    assert "“Title”" in story.steps[1].outputs[0]
    assert "“B”" in story.steps[3].outputs[0]


def test_title_and_headings_are_collected():
    story = tell(v4.new_markdown_cell("# Title\n\n## A"), v4.new_markdown_cell("# Second"))
    assert story.title == "Title"
    assert [(heading.text, heading.level) for heading in story.headings] == [("A", 2), ("Second", 2)]


def test_limits_are_known_by_heading_or_tag():
    tagged = v4.new_markdown_cell("## 局限")
    tagged.metadata["tags"] = ["limits"]
    story = tell(
        v4.new_markdown_cell("## What this does not show\n\n- a"), tagged, v4.new_markdown_cell("## B")
    )
    assert [step.kind for step in story.steps] == ["limits", "limits", "prose"]


def test_styler_rules_of_all_outputs_are_collected():
    html = "<style>#T_{0}_row0_col0{{color:red}}</style>"
    cells = [
        v4.new_code_cell("x", outputs=[v4.new_output("display_data", data={"text/html": html.format(name)})])
        for name in "ab"
    ]
    assert tell(*cells).styles == "#T_a_row0_col0{color:red}\n#T_b_row0_col0{color:red}"
