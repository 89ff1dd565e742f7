"""All that happened in the simulated office, planned or come about, for tests that ask whether it was found."""

from collections.abc import Iterator

from api.demo.incidents import Incident
from api.demo.mfp import MFPS, Mfp, Supply, level_at, pages_since_anchor
from api.demo.office import Office
from api.demo.snmprec import NEARLY_EMPTY_PERCENT

_STEP_S = 3600
_KINDS = {"toner": "toner_low", "waste_toner": "waste_nearly_full"}


def all_incidents(office: Office) -> tuple[Incident, ...]:
    """Return the planned incidents and those that the MFPs' consumption brought about, the earliest first."""
    derived = (incident for mfp in MFPS for supply in mfp.supplies for incident in _low_spells(office, mfp, supply))
    return tuple(sorted((*office.incidents, *derived), key=lambda each: (each.start, each.device, each.part)))


def _low_spells(office: Office, mfp: Mfp, supply: Supply) -> Iterator[Incident]:
    """Yield the spells in which a supply was nearly used up, to the hour."""
    if supply.kind not in _KINDS:
        return
    start: int | None = None
    for moment_s in range(office.history_start // _STEP_S * _STEP_S, office.anchor + 1, _STEP_S):
        low = level_at(mfp, supply, pages_since_anchor(office, mfp, moment_s)) <= NEARLY_EMPTY_PERCENT
        if low and start is None:
            start = moment_s
        elif not low and start is not None:
            yield Incident(_KINDS[supply.kind], mfp.key, start, moment_s, str(supply.index))
            start = None
    if start is not None:
        yield Incident(_KINDS[supply.kind], mfp.key, start, None, str(supply.index))
