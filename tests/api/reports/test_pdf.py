"""The PDF: the same bytes for the same inputs, Japanese text, structure, and the limits of the child process."""

import hashlib
import shutil
from pathlib import Path
from typing import Any

import pytest
import weasyprint
from pypdf import PdfReader

from api.reports import pdf
from api.reports.errors import ReportError
from api.reports.html import render_html
from api.reports.pdf import Limits, write_pdf
from api.reports.pdf_child import html_without_notes
from api.reports.store import StoredReport, write_report
from tests.api.reports import office
from tests.api.reports.fonts import needs_font


@needs_font
def test_the_same_inputs_give_the_same_bytes(built: StoredReport, tmp_path: Path) -> None:
    again = write_report(office.inputs(4), tmp_path).path("pdf")

    assert hashlib.sha256(again.read_bytes()).digest() == hashlib.sha256(built.path("pdf").read_bytes()).digest()


@needs_font
def test_a_style_sheet_without_notes_changes_no_byte(tmp_path: Path) -> None:
    document = render_html(office.inputs(3))
    plain, whole = (
        kind(string=document).write_pdf(pdf_variant="pdf/ua-1") for kind in (html_without_notes(), weasyprint.HTML)
    )

    assert plain == whole


@needs_font
def test_its_text_is_japanese_and_its_pages_are_numbered(built: StoredReport) -> None:
    pages = PdfReader(built.path("pdf")).pages
    texts = [page.extract_text() for page in pages]

    assert "診断レポート" in texts[0]
    assert "みなと会計事務所" in texts[0]
    assert "台の機器のうち" in texts[0]
    assert "目次" in texts[0]
    everything = "".join(texts)
    for words in ("要確認", "シアントナー", "残りわずか", "ドライブ", "免責事項", "原因の除去"):
        assert words in everything
    assert [f"{number} / {len(pages)}" in text for number, text in enumerate(texts, start=1)] == [True] * len(pages)


@needs_font
def test_it_is_tagged_has_bookmarks_and_links_and_embeds_its_fonts(built: StoredReport) -> None:
    reader: Any = PdfReader(built.path("pdf"))

    root = reader.root_object
    assert str(root["/Lang"]) == "ja"
    assert bool(root["/MarkInfo"]["/Marked"])
    titles = [each["/Title"] for each in reader.outline if not isinstance(each, list)]
    assert titles[0].startswith("診断レポート")
    assert any(annotation.get_object()["/Subtype"] == "/Link" for annotation in reader.pages[0]["/Annots"])
    fonts = {
        name
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()
        for name in [font.get_object()["/BaseFont"]]
    }
    assert any("Noto-Sans-CJK-JP" in name for name in fonts)
    descriptors = [
        descendant.get_object()["/FontDescriptor"]
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()
        for descendant in font.get_object()["/DescendantFonts"]
    ]
    assert all({"/FontFile2", "/FontFile3"} & set(each) for each in descriptors)
    assert reader.metadata is not None
    assert reader.metadata.creation_date == office.NOW


@needs_font
def test_names_of_any_kind_do_not_break_it(tmp_path: Path) -> None:
    report = write_report(office.inputs(6, "en", office.HOSTILE_NAMES), tmp_path)

    # Where a character has no glyph in any font, WeasyPrint writes a code map of its own, which pypdf reads by bytes.
    pages = [page.extract_text().replace("\0", "") for page in PdfReader(report.path("pdf")).pages]
    assert "<script>alert(" in "".join(pages)
    assert "Contents" in pages[0]


@needs_font
def test_a_document_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    source = tmp_path / "big.html"
    source.write_text(render_html(office.inputs(50)), encoding="utf-8")

    with pytest.raises(ReportError, match="not ready after 0 seconds"):
        write_pdf(source, tmp_path / "big.pdf", Limits(time_s=0.3))


@needs_font
def test_a_document_that_eats_memory_is_stopped(tmp_path: Path) -> None:
    source = tmp_path / "big.html"
    source.write_text(render_html(office.inputs(1)), encoding="utf-8")

    with pytest.raises(ReportError, match="more than 150 MiB of memory"):
        write_pdf(source, tmp_path / "big.pdf", Limits(memory_bytes=150 * 1024**2))


@needs_font
def test_a_document_can_reach_no_file_and_no_address(tmp_path: Path) -> None:
    secret = tmp_path / "secret.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg"><text y="9">SECRET</text></svg>', encoding="utf-8")
    source = tmp_path / "nosy.html"
    source.write_text(
        f'<html lang=en><title>x</title><p>here</p><img alt=x src="{secret.as_uri()}">'
        f'<link rel=attachment href="{secret.as_uri()}">',
        encoding="utf-8",
    )

    write_pdf(source, tmp_path / "nosy.pdf")

    reader = PdfReader(tmp_path / "nosy.pdf")
    assert "SECRET" not in reader.pages[0].extract_text()
    assert not reader.attachments


def test_a_missing_font_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "FONT_FAMILY", "No Such Family JP")
    if shutil.which("fc-match") is None:
        pytest.skip("needs the Debian package fontconfig")

    with pytest.raises(ReportError, match="apt-get install fonts-noto-cjk"):
        pdf.require_font()
