import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.terms.markdown import MAX_LENGTH, InvalidTerms, checked, rendered, titled


def test_it_renders_what_terms_are_made_of() -> None:
    html = rendered("# 第1条（目的）\n\n本文の\n続き **強調**\n\n3. 三\n4. 四\n   1. 枝\n\n- 点\n")
    assert '<h2 id="article-1">第1条（目的）</h2>' in html
    assert "<p>本文の\n続き <strong>強調</strong></p>" in html
    assert '<ol start="3">\n<li>三</li>\n<li>四\n<ol>\n<li>枝</li>' in html
    assert "<ul>\n<li>点</li>\n</ul>" in html


def test_an_article_can_be_linked_to_once() -> None:
    html = rendered("## 第１２条\n\n## 第12条\n\n## Article 3 (Fees)\n\n###### 最下位\n")
    assert html.count('id="article-12"') == 1
    assert '<h3 id="article-3">Article 3 (Fees)</h3>' in html
    assert "<h6>最下位</h6>" in html


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[押す](javascript:alert(1))",
        "![絵](https://example.com/x.png)",
        "<https://example.com>",
        '## 第1条" onmouseover="alert(1)',
        "- <iframe src=//example.com>\n",
        "**<b onclick=x>**",
        "`<svg onload=x>`",
        "    <style>*{}</style>",
        "&lt;script&gt;<script>",
        "[a]: javascript:alert(1)\n\n[a]",
    ],
)
def test_nothing_in_it_becomes_markup_of_its_own(hostile: str) -> None:
    html = rendered(hostile)
    for tag in ("<script", "<img", "<a", "<iframe", "<b ", "<svg", "<style", "<code"):
        assert tag not in html
    assert 'onmouseover="' not in html


@given(st.text(alphabet=st.sampled_from("#*-1. \n<>&\"'[]()!`_\\第条a"), max_size=200))
def test_whatever_is_written_gives_only_the_tags_that_terms_have(text: str) -> None:
    html = rendered(text)

    tags = set(re.findall(r"</?([a-z0-9]+)", html))
    assert tags <= {"p", "h2", "h3", "h4", "h5", "h6", "ol", "ul", "li", "em", "strong", "br"}


def test_it_takes_any_line_ends() -> None:
    assert checked("一 \r\n二\r三\n\n") == "一\n二\n三\n"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "empty"),
        (" \n\n", "empty"),
        ("あ" * (MAX_LENGTH + 1), "at most"),
        ("一\n二\u202e三", "line 2"),
        ("a\0b", "1"),
    ],
)
def test_it_refuses_what_is_no_text(text: str, word: str) -> None:
    with pytest.raises(InvalidTerms, match=word) as caught:
        checked(text)
    assert "\n" not in caught.value.text.ja


def test_a_file_begins_with_its_title() -> None:
    assert titled("\ufeff\n# 共通規約 #\n\n本文\n") == ("共通規約", "\n本文\n")
    for wrong in ("本文", "## 第1条", "#共通規約"):
        with pytest.raises(InvalidTerms, match="first line"):
            titled(wrong)
