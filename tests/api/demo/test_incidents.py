from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.demo.calendar import at, is_business_day, local_day
from api.demo.cast import MACHINES
from api.demo.incidents import KINDS, OFFICE, planned
from api.demo.mfp import MFPS
from api.demo.office import HISTORY_DAYS, Office

ANCHORS = st.integers(at(date(2026, 1, 1), 0), at(date(2031, 1, 1), 0))
DEVICES = {each.key for each in MACHINES} | {each.key for each in MFPS} | {OFFICE, "pbx"}


@given(ANCHORS)
def test_it_lies_within_the_history_wherever_that_ends(anchor: int) -> None:
    for incident in planned(anchor):
        assert incident.start < anchor
        assert incident.end is None or incident.start < incident.end
        assert incident.kind == "os_out_of_support" or incident.start > anchor - HISTORY_DAYS * 86_400
        assert incident.device in DEVICES
        assert incident.text.ja
        assert incident.text.en


@given(ANCHORS)
def test_it_breaks_the_telephone_when_people_are_there(anchor: int) -> None:
    (outage,) = (each for each in planned(anchor) if each.kind == "pbx_outage")
    assert is_business_day(local_day(outage.start))


def test_it_has_something_of_every_planned_kind(office: Office) -> None:
    derived = {"toner_low", "waste_nearly_full"}
    assert {each.kind for each in office.incidents} | derived == set(KINDS)


@pytest.mark.parametrize("offset", [-1, 0])
def test_it_holds_from_its_first_moment_to_before_its_end(office: Office, offset: int) -> None:
    (incident,) = office.of("pbx_outage", "pbx")
    assert incident.end is not None
    assert incident.holds_at(incident.start + offset) is (offset == 0)
    assert incident.holds_at(incident.end + offset) is (offset == -1)
