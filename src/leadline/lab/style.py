"""How results and the form look in JupyterLab, in its light and dark themes alike."""

from importlib.resources import files

from IPython.display import display

#: Marks the output that holds the style sheet: no part of a report.
STYLE_MIME = "application/vnd.leadline.style+json"


def show_style() -> None:
    """Bring the style sheet into the notebook, where it counts for all outputs."""
    sheet = files("leadline.lab").joinpath("notebook.css").read_text("utf-8")
    display({"text/html": f"<style>{sheet}</style>", "text/plain": "", STYLE_MIME: {}}, raw=True)
