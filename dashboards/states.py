"""The one colour language: ok, attention, act now, unknown; each with a sign, so that no colour need be seen.

The colours are those of Okabe and Ito ("Color Universal Design", https://jfly.uni-koeln.de/color/), which people with
any kind of colour vision tell apart; they hold on light and on dark grounds.
"""

from dataclasses import dataclass

from collectors.text import Text


@dataclass(frozen=True, slots=True)
class State:
    """One word of the language.

    Attributes:
        color: as Grafana takes it.
        sign: a sign that tells it without its colour.
        word: for people.
    """

    color: str
    sign: str
    word: Text

    def shown(self, lang: str) -> str:
        """Return sign and word in a language."""
        return f"{self.sign} {self.word.ja if lang == 'ja' else self.word.en}"


OK = State("#009E73", "●", Text("正常", "OK"))
ATTENTION = State("#E69F00", "▲", Text("注意", "Attention"))
ACT = State("#D55E00", "✖", Text("要対応", "Act now"))
UNKNOWN = State("#8A8F98", "？", Text("不明", "Unknown"))

BY_CODE: dict[int, State] = {0: OK, 1: UNKNOWN, 2: ACT, 3: ACT}
"""`state_code` of a verdict (`collectors.verdict`) -> its state; 3 is of drives, where they stand among others."""

DRIVE_BY_CODE: dict[int, State] = {0: OK, 1: UNKNOWN, 2: ATTENTION, 3: ACT}
"""`state_code` of a drive (`collectors.inputs.smart.rules.Level`) -> its state: a warning is not yet the end."""

NEUTRAL = "#0072B2"
"""For values that are neither good nor bad: the blue of the same palette."""

SERIES = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#8A8F98")
"""For lines side by side, in this order."""
