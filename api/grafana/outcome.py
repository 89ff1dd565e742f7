"""What a run did, as values and as lines for people."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from api.grafana.errors import GrafanaError
from collectors.text import Text

Kind = Literal["made", "changed", "checked", "unchanged", "removed", "emptied", "failed", "skipped"]

_WORDS: Mapping[Kind, Text] = {
    "made": Text("新規", "made"),
    "changed": Text("修正", "put right"),
    "removed": Text("削除", "removed"),
    "emptied": Text("空にした", "emptied"),
    "checked": Text("内容まで確認して変更なし", "unchanged with all contents looked at"),
    "unchanged": Text("変更なし", "unchanged"),
    "failed": Text("失敗", "failed"),
    "skipped": Text("未処理", "not reached"),
}
"""In the order in which they are told."""

WORTH_TELLING: frozenset[Kind] = frozenset({"made", "changed", "removed", "emptied", "failed"})
"""Of these a person wants to know which they were."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one organisation.

    Attributes:
        shown: whose it is, for people.
        kind: in a word.
        told: what was done, or would be.
        error: why it failed; None unless it did.
    """

    shown: str
    kind: Kind
    told: Sequence[Text] = ()
    error: GrafanaError | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did.

    Attributes:
        results: one for each organisation.
        accounts: what was done to accounts.
        seconds: how long it took.
        stopped_by: what ended it before its time; None if nothing did.
    """

    results: Sequence[Result] = ()
    accounts: Sequence[Text] = ()
    seconds: float = 0.0
    stopped_by: GrafanaError | None = None

    @property
    def is_good(self) -> bool:
        """Whether all is as wanted now."""
        return self.stopped_by is None and not any(result.kind == "failed" for result in self.results)

    @property
    def has_changed(self) -> bool:
        """Whether anything was changed."""
        return bool(self.accounts) or any(result.kind in WORTH_TELLING for result in self.results)


def summary(outcome: Outcome) -> Text:
    """Return the line that says what was done."""
    counts = Counter(result.kind for result in outcome.results)
    parts = [(words, counts[kind]) for kind, words in _WORDS.items() if counts[kind]]
    people = len(outcome.accounts)
    if people:
        parts.append((Text("アカウントの変更", "accounts changed"), people))
    took = f"{outcome.seconds:.1f}"
    if not parts:
        return Text("Grafana: 変更の必要はありません", "Grafana: nothing to do")
    return Text(
        f"Grafana: {'、'.join(f'{words.ja} {count}' for words, count in parts)}（{took} 秒）",
        f"Grafana: {', '.join(f'{count} {words.en}' for words, count in parts)} ({took} s)",
    )


def lines(outcome: Outcome, in_full: bool = False) -> list[Text]:
    """Return what was done to each organisation that anything was done to, and to accounts.

    Args:
        outcome: what a run did.
        in_full: also each step of making a new organisation, which is one line else.
    """
    found = [line for result in outcome.results if result.kind in WORTH_TELLING for line in _of(result, in_full)]
    return [*found, *outcome.accounts]


def _of(result: Result, in_full: bool) -> list[Text]:
    if result.error is not None:
        done = [Text(f"{result.shown}: {text.ja}", f"{result.shown}: {text.en}") for text in result.told]
        why = result.error.text
        return [*done, Text(f"{result.shown}: 失敗: {why.ja}", f"{result.shown}: failed: {why.en}")]
    if result.kind == "made" and not in_full:
        steps = len(result.told)
        return [
            Text(f"{result.shown}: 組織を作成（{steps} 件の設定）", f"{result.shown}: organisation made, {steps} steps")
        ]
    return [Text(f"{result.shown}: {text.ja}", f"{result.shown}: {text.en}") for text in result.told]
