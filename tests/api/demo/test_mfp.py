import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.demo.mfp import MFPS, Mfp, MfpState, state_at
from api.demo.office import Office
from api.demo.snmprec import alerts_of, capacity_and_level, document
from api.demo.truth import all_incidents

DAYS_AGO = st.integers(-30 * 86_400, 90 * 86_400)
BY_KEY = {mfp.key: mfp for mfp in MFPS}


def rows(text: str) -> dict[str, str]:
    return {line.split("|")[0]: line.split("|")[2] for line in text.splitlines()}


@given(DAYS_AGO, st.integers(0, 10 * 86_400))
def test_it_never_counts_pages_back(office: Office, ago: int, later: int) -> None:
    for mfp in MFPS:
        before, after = (state_at(office, mfp, office.anchor - ago + more) for more in (0, later))
        assert before.page_count <= after.page_count


@given(DAYS_AGO)
def test_it_keeps_levels_within_what_is_possible(office: Office, ago: int) -> None:
    for mfp in MFPS:
        state = state_at(office, mfp, office.anchor - ago)
        assert all(0.0 < level <= 100.0 for level in state.levels.values())
        assert all(0 <= state.sheets[tray.index] <= tray.capacity for tray in mfp.trays)


def test_it_ends_at_the_levels_that_are_written_down(office: Office) -> None:
    state = state_at(office, BY_KEY["mfp-1f"], office.anchor)
    assert state.levels == pytest.approx({each.index: each.level for each in state.mfp.supplies})
    assert state.page_count == state.mfp.page_count


def test_it_uses_up_toner_and_gets_new_one(office: Office) -> None:
    levels = [
        state_at(office, BY_KEY["mfp-1f"], office.anchor - ago).levels[1] for ago in range(90 * 86_400, 0, -86_400)
    ]
    rises = [after for before, after in itertools.pairwise(levels) if after > before]
    assert rises
    assert min(rises) > 80
    assert levels[-1] < 10


def test_it_names_every_spell_of_low_toner(office: Office) -> None:
    spells = [each for each in all_incidents(office) if each.kind == "toner_low"]
    assert any(each.end is None and each.device == "mfp-1f" and each.part == "1" for each in spells)
    assert any(each.end is not None for each in spells)
    for spell in spells:
        if spell.end is not None and spell.start > office.history_start:
            mfp, index = BY_KEY[spell.device], int(spell.part)
            before, during, after = (
                state_at(office, mfp, moment).levels[index] for moment in (spell.start - 3600, spell.start, spell.end)
            )
            assert during <= 10 < min(before, after)


def test_it_answers_over_snmp_what_holds(office: Office) -> None:
    state = state_at(office, BY_KEY["mfp-1f"], office.anchor)
    found = rows(document(state, 5_000))
    assert found["1.3.6.1.2.1.43.10.2.1.4.1.1"] == str(state.page_count)
    assert found["1.3.6.1.2.1.43.11.1.1.9.1.1"] == "6"
    assert bytes.fromhex(found["1.3.6.1.2.1.43.11.1.1.6.1.1"]).decode() == "ブラックトナー"
    assert found["1.3.6.1.2.1.43.11.1.1.4.1.5"] == "4"  # the waste box is a receptacle
    assert found["1.3.6.1.2.1.25.3.5.1.2.1"] == "2000"  # lowToner


def test_it_says_only_that_some_is_left_where_the_device_does_not_know(office: Office) -> None:
    waste = BY_KEY["mfp-2f"].supplies[2]
    assert capacity_and_level(waste, 55.0) == (60_000, -3)
    assert capacity_and_level(waste, 5.0) == (60_000, 3_000)


def test_it_sorts_rows_as_snmpsim_demands(office: Office) -> None:
    for mfp in MFPS:
        oids = [tuple(map(int, oid.split("."))) for oid in rows(document(state_at(office, mfp, office.anchor), 1))]
        assert oids == sorted(set(oids))


@pytest.mark.parametrize(
    ("kind", "device", "code", "error"),
    [("paper_empty", "mfp-1f", 808, "inputTrayEmpty"), ("paper_jam", "mfp-2f", 8, "jammed")],
)
def test_it_stops_for_paper(office: Office, kind: str, device: str, code: int, error: str) -> None:
    (incident,) = office.of(kind, device)
    mfp: Mfp = BY_KEY[device]
    during: MfpState = state_at(office, mfp, incident.start + 60)
    found = rows(document(during, 1))
    assert code in {alert.code for alert in alerts_of(during)}
    assert found["1.3.6.1.2.1.25.3.2.1.5.1"] == "5"  # hrDeviceStatus down
    bits = int(found["1.3.6.1.2.1.25.3.5.1.2.1"], 16)
    assert bits & (1 << (15 - {"inputTrayEmpty": 13, "jammed": 5}[error]))
    before = state_at(office, mfp, incident.start - 60)
    assert code not in {alert.code for alert in alerts_of(before)}
