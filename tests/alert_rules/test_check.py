import msgspec
import pytest

from alert_rules.check import problems
from alert_rules.registry import Entry, entries
from alert_rules.rule import Compare, NoData, Reduce, Rule, Severity, Subject, Words

DISK = entries()["disk_nearly_full"]


def problems_of(**changed: object) -> list[str]:
    rule: Rule = msgspec.structs.replace(DISK.rule, **changed)
    return problems({**entries(), rule.id: Entry(DISK.category, rule)})


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"measurement": "disc"}, "measurement 'disc' is not in the catalogue"),
        ({"field": "used"}, ""),
        ({"field": "percent_used"}, "measurement disk has no field 'percent_used'"),
        ({"field": "state"}, "field 'state' is string, which has no mean; use hits"),
        ({"reduce": Reduce.HITS}, "reduce hits and a condition hit belong together"),
        ({"hit": '"used_percent" > 5'}, "reduce hits and a condition hit belong together"),
        ({"by": ("mount",)}, "by: disk has no tag 'mount'"),
        ({"by": ("path", "host")}, "by: 'host' is told by the subject already"),
        ({"where": "\"mount\" = '/'"}, "where: disk has neither tag nor field 'mount'"),
        ({"subject": Subject.EQUIPMENT}, "subject equipment: disk has no tag 'asset'"),
        ({"explain": True}, "explain: disk tells no reason"),
        ({"threshold": 90.0}, "give either threshold or parameter"),
        ({"parameter": None}, "give either threshold or parameter"),
        ({"window": "7m"}, "window 7m is no multiple of every 5m"),
        ({"every": "7m", "window": "21m"}, "every 7m does not divide a day"),
        ({"pending": "1m"}, "for 1m is no multiple of every 5m"),
        ({"keep_firing": "1m"}, "keep_firing 1m is no multiple of every 5m"),
        ({"every": "0s"}, "window and every must be longer than 0"),
        ({"hold": "10m"}, "hold 10m is shorter than window 30m"),
        ({"hold": "10m", "no_data": NoData.OK}, ""),
        ({"message": Words("{volume}", "{value}")}, "message.ja: nothing is known of {volume}"),
        ({"message": Words("{value}", "{value")}, "message.en: expected '}' before end of string"),
        ({"message": Words("{reason}", "{value}")}, "message.ja: {reason} and explain belong together"),
        ({"overridden_by": "no_such_rule"}, "overridden_by: there is no rule 'no_such_rule'"),
        ({"overridden_by": "toner_empty"}, "overridden_by: toner_empty is about another subject"),
        ({"overridden_by": "swap_used"}, "overridden_by: swap_used is less urgent"),
        ({"compare": Compare.BELOW, "severity": Severity.INFO}, ""),
    ],
)
def test_it_tells_what_does_not_hold_together(changed: dict[str, object], said: str) -> None:
    found = problems_of(**changed)

    if said:
        assert any(f"capacity.yaml: disk_nearly_full: {said}" in each for each in found), found
    else:
        assert found == []


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"min": 99.0, "max": 50.0}, "min 99 must be below max 50"),
        ({"default": 10.0}, "default 10 lies outside of min and max"),
    ],
)
def test_a_parameter_s_bounds_must_make_sense(limits: dict[str, float], said: str) -> None:
    assert DISK.rule.parameter is not None
    parameter = msgspec.structs.replace(DISK.rule.parameter, **limits)

    assert any(said in each for each in problems_of(parameter=parameter))
