"""A check of pages without a browser: the HTML standard's own parsing algorithm, with every parse error counted."""

from xml.etree.ElementTree import Element

from tinyhtml5.parser import HTMLParser  # type: ignore[import-untyped]  # it comes with WeasyPrint


def parse_page(document: str) -> Element:
    """Return the parsed page; any parse error fails the test."""
    parser = HTMLParser()
    tree: Element = parser.parse(document)
    assert parser.errors == []
    return tree
