"""Pages of advice, open to all."""

import pytest
from flask.testing import FlaskClient

from alert_rules.advice import ADVICE_DIR
from api.routes.advice import Block, blocks


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_page_is_shown_whole(client: FlaskClient, lang: str) -> None:
    for path in sorted((ADVICE_DIR / lang).glob("*.md")):
        answer = client.get(f"/advice/{path.stem}?lang={lang}")
        assert answer.status_code == 200, path
        assert answer.text.count("<h2>") == 5, path
        assert "**" not in answer.text, path
        assert "\n- " not in answer.text, path


@pytest.mark.parametrize("name", ["nothing", "..%2f..%2frules", "x" * 500])
def test_a_page_that_there_is_none_of_is_not_found(client: FlaskClient, name: str) -> None:
    assert client.get(f"/advice/{name}").status_code == 404


def test_paragraphs_and_lists_are_told_apart() -> None:
    assert list(blocks("One line\nand its rest.\n\n- a\n- b - c\n\nLast")) == [
        Block(False, ("One line and its rest.",)),
        Block(True, ("a", "b - c")),
        Block(False, ("Last",)),
    ]
