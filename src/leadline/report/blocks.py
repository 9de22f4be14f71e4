"""What notebooks call to put something on the report. Imported in kernels, so it loads nothing heavy."""

from base64 import b64encode
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PRINT_DPI = 160
CSS_DPI = 96


def show_figure(figure: "Figure", *, caption: str = "") -> None:
    """Display a figure with its alternative text and a caption, in JupyterLab and on the report.

    Parameters
    ----------
    figure
        Its label (``figure.set_label``) is what a reader hears who cannot see it.
    caption
        One line below the figure: what it shows, of whom, when.
    """
    from IPython.display import display  # noqa: PLC0415 - only a kernel needs it

    alt = str(figure.get_label())
    shown = {"alt": alt, "caption": caption, "width": round(figure.get_figwidth() * CSS_DPI)}
    data = {"image/png": b64encode(draw_png(figure)).decode(), "text/plain": alt or caption}
    display(data, metadata={"image/png": shown}, raw=True)


def draw_png(figure: "Figure") -> bytes:
    """Draw a figure as PNG; the same figure gives the same bytes (no program name, no time)."""
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=PRINT_DPI, facecolor="white", metadata={"Software": None})
    return buffer.getvalue()
