from pathlib import Path

import pytest

from api.local.ledger import Account, open_ledger
from api.local.state import State, StateError, load_state, save_state


def test_it_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    assert load_state(path) is None
    state = State("demo", "c-1", "s-1", "http://127.0.0.1:8100", "http://127.0.0.1:1", "http://127.0.0.1:2", 5)
    save_state(path, state)
    assert load_state(path) == state
    assert path.stat().st_mode & 0o777 == 0o600


def test_it_passes_over_what_a_later_version_wrote(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_text('{"mode": "local", "later": 1}')
    assert load_state(path) == State("local")


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"mode": "other"}'])
def test_it_names_a_damaged_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "state.json"
    path.write_text(text)
    with pytest.raises(StateError, match=r"state\.json"):
        load_state(path)


def test_it_keeps_how_far_each_sender_is(tmp_path: Path) -> None:
    path = tmp_path / "office.json"
    ledger = open_ledger(path, 1000)
    ledger.add("nas", Account("d-1", "okd_x", 10))
    ledger.advance("nas", 900)
    again = open_ledger(path, 2000)
    assert again.anchor == 1000
    assert again.accounts == {"nas": Account("d-1", "okd_x", 900)}
    assert path.stat().st_mode & 0o777 == 0o600


def test_it_names_a_damaged_ledger(tmp_path: Path) -> None:
    path = tmp_path / "office.json"
    path.write_text('{"anchor": 1, "accounts": {"nas": {}}}')
    with pytest.raises(StateError, match="--data-dir"):
        open_ledger(path, 1)
