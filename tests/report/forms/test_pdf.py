"""The page on paper, printed by a real Chromium."""

import re
import zlib

import pytest

from leadline.report.forms.pdf import print_pdf
from leadline.report.page import render_page
from tests.report.sample import make_notebook, make_record

pytestmark = pytest.mark.browser


def read_streams(pdf: bytes) -> bytes:
    """All compressed parts of a PDF, in one."""
    parts = []
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            parts.append(zlib.decompressobj().decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(parts)


def forget_nodes(pdf: bytes) -> bytes:
    """Leave out Chromium's numbers of the page's nodes, which timing may shift by one."""
    return re.sub(rb"node\d{8}", b"", pdf)


def test_the_page_is_printed_on_a4_with_a_title_and_the_time_of_its_run(
    chromium: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADLINE_CHROMIUM", chromium)
    page = render_page(make_notebook(), make_record())
    pdf = print_pdf(page, make_record())
    assert pdf.startswith(b"%PDF-")
    assert re.findall(rb"/(?:CreationDate|ModDate) \(D:(.*?)\)", pdf) == [b"20261101140341+00'00'"] * 2
    assert b"/MarkInfo <</Type /MarkInfo\n/Marked true" in pdf  # tagged, for screen readers
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert 2 <= len(boxes) <= 8
    assert {(round(float(width)), round(float(height))) for width, height in boxes} == {(595, 842)}
    assert b"/tmp/" not in pdf + read_streams(pdf)
    assert b"file://" not in pdf + read_streams(pdf)
    assert forget_nodes(print_pdf(page, make_record())) == forget_nodes(pdf)
