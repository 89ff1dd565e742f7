"""How many devices are not well in an aspect: a number where some are, a word where none is."""

from grafana_foundation_sdk.builders.stat import Panel

from collectors.text import Lang, Text
from dashboards import verdicts
from dashboards.panels.matrix import Aspect
from dashboards.panels.number import number
from dashboards.panels.parts import Limits, up_to
from dashboards.states import OK

_ANY = Limits(attention=1, act=1)


def troubled(lang: Lang, title: Text, aspect: Aspect) -> Panel:
    """Return the number of devices of which an aspect is not well."""
    none = up_to(0, OK.shown(lang), OK.color)
    question = verdicts.count_bad(aspect.measurement)
    return number(lang, title, question, "troubled", limits=_ANY, mappings=[none], decimals=0)
