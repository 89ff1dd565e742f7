"""The provider's name, logo and colour on reports."""

import base64
from dataclasses import replace
from pathlib import Path

import pytest

from api.reports.brand import MOST_LOGO_BYTES, Brand, brand_of
from api.reports.errors import ReportError
from api.reports.html import render_html
from api.reports.pdf import write_pdf
from tests.api.reports import office
from tests.api.reports.fonts import needs_font

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@needs_font
def test_it_is_on_the_first_page_and_in_the_pdf(tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    logo.write_bytes(PIXEL)
    brand = brand_of("みなとIT <サービス>", "03-0000-0000", "#7A1F3D", logo)
    document = render_html(replace(office.inputs(1), brand=brand))
    assert "みなとIT &lt;サービス&gt;" in document
    assert "--brand: #7a1f3d" in document
    assert "03-0000-0000" in document
    source = tmp_path / "report.html"
    source.write_text(document, encoding="utf-8")
    write_pdf(source, tmp_path / "report.pdf")
    assert b"/Subtype /Image" in (tmp_path / "report.pdf").read_bytes()


def test_nothing_set_is_the_products_own() -> None:
    assert brand_of("", "", "#12527c", None) == Brand()
    assert "Office Karte" in render_html(office.inputs(1))


@pytest.mark.parametrize("color", ["blue", "#12345", "#12345g", "#fff", "#ffcc00", "url(x)"])
def test_a_colour_that_is_none_or_cannot_be_read_is_refused(color: str) -> None:
    with pytest.raises(ReportError, match="KARTE_PROVIDER_COLOR"):
        brand_of("", "", color, None)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("logo.gif", b"GIF89a", "no PNG, JPEG or SVG"),
        ("logo.png", b"<svg/>", "no PNG, JPEG or SVG"),
        ("logo.png", PIXEL + b"x" * MOST_LOGO_BYTES, "too large"),
        ("logo.svg", None, "cannot be read"),
    ],
)
def test_a_logo_that_cannot_be_used_is_told_of(tmp_path: Path, name: str, content: bytes | None, said: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ReportError, match=said):
        brand_of("", "", "#12527c", path)
