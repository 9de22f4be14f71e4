import subprocess
import sys
from base64 import b64decode

import IPython.display
from matplotlib.figure import Figure

from leadline.report import show_figure
from leadline.report.blocks import draw_png
from tests.report.sample import draw_gains


def test_a_figure_is_displayed_with_description_and_caption(monkeypatch):
    calls = []
    monkeypatch.setattr(IPython.display, "display", lambda *args, **kwargs: calls.append((args, kwargs)))
    show_figure(draw_gains(), caption="Gains of three stages")
    ((data,), options) = calls[0]
    assert b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert data["text/plain"] == "Gains curve"
    assert options == {
        "raw": True,
        "metadata": {"image/png": {"alt": "Gains curve", "caption": "Gains of three stages", "width": 672}},
    }


def test_the_same_figure_gives_the_same_bytes():
    assert draw_png(draw_gains()) == draw_png(draw_gains())
    assert b"Software" not in draw_png(Figure(figsize=(1, 1)))


def test_a_notebook_can_import_it_cheaply():
    heavy = ("jinja2", "matplotlib", "nh3")
    code = f"import sys, leadline.report; print([name for name in {heavy} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout.strip() == "[]"
