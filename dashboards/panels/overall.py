"""Whether all is well, in one word, over many kinds of verdicts."""

from collections.abc import Sequence

from grafana_foundation_sdk.builders.common import ReduceDataOptions
from grafana_foundation_sdk.builders.stat import Panel
from grafana_foundation_sdk.models.common import BigValueColorMode, BigValueGraphMode, BigValueTextMode
from grafana_foundation_sdk.models.dashboard import DataTransformerConfig

from collectors.text import Lang, Text
from dashboards.panels.parts import Limits, up_to, worded_from
from dashboards.states import ACT, OK, UNKNOWN
from dashboards.target import SOURCE, Target, TargetBuilder

_ANY = Limits(attention=1, act=1)


def overall(lang: Lang, title: Text, questions: Sequence[str]) -> Panel:
    """Return a word on a ground of its colour: ok where every number is 0, act now where one is not.

    Args:
        lang: language.
        title: of the panel.
        questions: InfluxQL; each asks how many are bad, and has no answer where nothing is known.
    """
    one_column = {"reducers": ["lastNotNull"], "mode": "seriesToRows", "includeTimeField": False}
    return (
        Panel()
        .title(title.in_(lang))
        .datasource(SOURCE)
        .targets([TargetBuilder(Target(text, f"Q{number}")) for number, text in enumerate(questions, 1)])
        .transformations([DataTransformerConfig(id_val="reduce", options=one_column)])
        .no_value(UNKNOWN.shown(lang))
        .mappings([up_to(0, OK.shown(lang), OK.color), worded_from(1, ACT.shown(lang), ACT.color)])
        .thresholds(_ANY.steps())
        .graph_mode(BigValueGraphMode.NONE)
        .color_mode(BigValueColorMode.BACKGROUND_SOLID)
        .text_mode(BigValueTextMode.VALUE)
        .reduce_options(ReduceDataOptions().calcs(["sum"]).values(False).fields(""))
    )
