import pytest
from nbformat import NotebookNode, from_dict, v4

from leadline.report.intake import clean_notebook, cut_text


def outputs_of(*outputs):
    cell = v4.new_code_cell("x")
    cell.outputs = [from_dict(output) for output in outputs]
    return clean_notebook(NotebookNode(cells=[cell])).cells[0].outputs


def shown(data, metadata=None):
    return outputs_of({"output_type": "display_data", "data": data, "metadata": metadata or {}})


def test_raw_cells_go():
    cells = [v4.new_raw_cell("<script>"), v4.new_markdown_cell("a")]
    assert [cell.source for cell in clean_notebook(NotebookNode(cells=cells)).cells] == ["a"]


def test_cells_after_the_last_one_wanted_go():
    cells = [v4.new_markdown_cell(str(n)) for n in range(4)]
    assert len(clean_notebook(NotebookNode(cells=cells), until=1).cells) == 2


def test_an_output_keeps_its_best_kind():
    (output,) = shown({"text/plain": "a", "image/png": "AA==", "text/html": "<p>b</p>"})
    assert (output.mime, output.content) == ("text/html", "<p>b</p>")


@pytest.mark.parametrize(
    "mime", ["application/javascript", "text/vnd.mermaid", "application/vnd.jupyter.widget-view+json"]
)
def test_what_cannot_be_shown_is_named(mime):
    (output,) = shown({mime: "x", "text/plain": "<object>"})
    assert (output.output_type, output.mime) == ("refused", mime)


def test_recorded_results_are_not_shown():
    assert shown({"application/vnd.leadline.result+json": {}, "text/plain": "Recorded."}) == []


def test_an_image_that_is_not_base64_is_refused():
    (output,) = shown({"image/png": 'AA" onerror="alert(1)'})
    assert output.output_type == "refused"


def test_image_metadata_keeps_only_sound_fields():
    about = {"width": "1 onerror=x", "height": 3, "alt": "a", "caption": "c", "needs_background": "light"}
    (output,) = shown({"image/png": "AA=="}, {"image/png": about})
    assert (output.width, output.alt, output.caption) == (None, "a", "c")
    assert "height" not in output


def test_tags_that_could_break_an_attribute_go():
    cell = v4.new_code_cell("x")
    cell.metadata["tags"] = ['x"><img>', "limits", 3]
    assert clean_notebook(NotebookNode(cells=[cell])).cells[0].metadata.tags == ["limits"]


def test_attached_images_become_addresses_and_others_go():
    cell = v4.new_markdown_cell("![a](attachment:a)")
    cell.attachments = {
        "a": {"image/png": "AA=="},
        "b": {'image/png" onerror="x': "AA=="},
        "c": {"text/html": "AA=="},
    }
    assert clean_notebook(NotebookNode(cells=[cell])).cells[0].attachments == {
        "a": "data:image/png;base64,AA=="
    }


def test_what_a_program_prints_piece_by_piece_is_cut_as_one():
    first, second = ({"output_type": "stream", "name": "stdout", "text": letter * 15_000} for letter in "ab")
    (output,) = outputs_of(first, second)
    assert output.text == "a" * 10_000 + "\n… 10,000 characters left out …\n" + "b" * 10_000


def test_short_text_stays_and_terminal_colours_go():
    assert cut_text("\x1b[31mred\x1b[0m \x1b]8;;http://x\x07link") == "red link"
    assert cut_text("b" * 20_000) == "b" * 20_000


def test_the_notebook_is_not_changed():
    cell = v4.new_code_cell(
        "x", outputs=[v4.new_output("display_data", data={"application/javascript": "x"})]
    )
    notebook = NotebookNode(cells=[cell])
    clean_notebook(notebook)
    assert notebook.cells[0].outputs[0].data == {"application/javascript": "x"}
