from base64 import b64encode
from itertools import count

from nbformat import NotebookNode

from leadline.report.outputs import present_output


def present(**output):
    return present_output(NotebookNode(output), section="Stages", numbers=count(1))


def display(mime, content, **about):
    return present(
        output_type="display",
        mime=mime,
        content=content,
        **({"alt": "", "caption": "", "width": None} | about),
    )


def test_a_figure_has_description_caption_and_width():
    assert display("image/png", "AA\n==", alt="A <curve>", caption="Of all & more", width=300) == (
        '<figure><img src="data:image/png;base64,AA==" alt="A &lt;curve&gt;" width="300">'
        "<figcaption>Of all &amp; more</figcaption></figure>"
    )


def test_a_figure_without_description_is_called_after_its_section():
    assert 'alt="Figure in the section “Stages”"' in display("image/png", "AA==")


def test_svg_is_shown_as_an_image_in_which_nothing_runs():
    svg = "<svg><script>alert(1)</script></svg>"
    assert f'<img src="data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"' in display(
        "image/svg+xml", svg
    )


def test_titles_of_outputs_become_sections():
    assert display("text/markdown", "# Top <b>x</b>") == "<h2>Top <b>x</b></h2>\n"


def test_text_is_escaped():
    assert "&lt;b&gt;" in display("text/plain", "<b>")
    assert "&lt;b&gt;" in display("text/latex", "$<b>$")
    assert "&lt;b&gt;" in present(output_type="stream", name="stdout", text="<b>")
    assert "&lt;b&gt;" in present(output_type="refused", mime="<b>")


def test_messages_and_errors_are_folded_away():
    for html in (
        present(output_type="stream", name="stderr", text="w"),
        present(output_type="error", message="w"),
    ):
        assert html.startswith('<details class="log"><summary>')
