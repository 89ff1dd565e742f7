"""What an anonymised export left out, and why: numbers only, so that it gives away nothing that was left out."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from api.display.tokyo import TOKYO
from api.privacy.anonymous.classes import CLASSES, Dropped, Layout
from collectors.text import Lang, Text


@dataclass
class Tally:
    """What became of one measurement.

    Attributes:
        layout: what of it leaves.
        contracts: how many contracts are in what was read.
        rows: rows that left.
        rows_generalised: of them, those of which less is told than was known.
        rows_suppressed: rows that were left out, as fewer than k contracts are like them.
        words_suppressed: words that were left out, as fewer than k contracts have them; each time that one stood.
    """

    layout: Layout
    contracts: int = 0
    rows: int = 0
    rows_generalised: int = 0
    rows_suppressed: int = 0
    words_suppressed: int = 0


@dataclass
class Report:
    """What became of all.

    Attributes:
        k: least size of a group.
        since: from when on points were read.
        until: until when.
        source: "raw" or "hourly".
        is_key_kept: whether a later export can have the same pseudonyms.
        is_linked: whether a device has the same pseudonym in all files.
        tallies: measurement -> what became of it.
        not_declared: asked for, but no measurement of the catalogue.
    """

    k: int
    since: datetime
    until: datetime
    source: str
    is_key_kept: bool
    is_linked: bool
    tallies: dict[str, Tally] = field(default_factory=dict)

    def as_json(self) -> bytes:
        """Return it for programs."""
        said = {
            "k": self.k,
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "source": self.source,
            "times": "hour",
            "key_kept": self.is_key_kept,
            "pseudonyms": "one for all files" if self.is_linked else "one for each file",
            "classes": {each.value: {"kept": kept, "why": why.en} for each, (kept, why) in CLASSES.items()},
            "measurements": {name: _said(tally) for name, tally in self.tallies.items()},
        }
        return json.dumps(said, ensure_ascii=False, indent=1).encode() + b"\n"

    def as_text(self, lang: Lang) -> bytes:
        """Return it for people."""
        lines = [text.in_(lang) for text in self._head()]
        for name, tally in self.tallies.items():
            lines += ["", f"■ {name}", *(f"  {text.in_(lang)}" for text in _lines(tally, self.k))]
            lines += [f"    - {each.name}: {each.why.in_(lang)}" for each in tally.layout.dropped]
        return ("\r\n".join(lines) + "\r\n").encode("utf-8-sig")

    def _head(self) -> Sequence[Text]:
        since, until = (f"{at.astimezone(TOKYO):%Y-%m-%d %H:%M}" for at in (self.since, self.until))
        key = (
            Text(
                "鍵を保管したため、次回も同じ仮名にできます",
                "the key was kept: later exports can have the same names",
            )
            if self.is_key_kept
            else Text("鍵は破棄したため、元に戻せません", "the key is gone: nobody can tell whom a name stands for")
        )
        linked = (
            Text(
                f"仮名は全ファイルで共通です。ファイルを突き合わせると {self.k} 契約未満に絞られることがあります",
                f"names are the same in all files: who joins files may find groups of fewer than {self.k} contracts",
            )
            if self.is_linked
            else Text(
                "仮名はファイルごとに異なり、ファイル同士を突き合わせることはできません",
                "each file has names of its own, so that files cannot be joined by them",
            )
        )
        return (
            Text("匿名化したデータの作成記録", "What was left out of the anonymised data, and why"),
            Text(f"期間: {since} ～ {until}（日本時間）", f"From {since} until {until}, Japan time"),
            Text(f"時刻は1時間単位、k = {self.k}（契約数）", f"Times are whole hours; k = {self.k} contracts"),
            key,
            linked,
            Text(
                "各行の特徴の組（種類、都道府県、OS、製品など）は、同じファイルの中で必ずk以上の契約に共通です",
                "what is told of a row (kind, place, system, products) is shared by k contracts or more in its file",
            ),
        )


def _said(tally: Tally) -> Mapping[str, object]:
    return {
        "contracts": tally.contracts,
        "rows": tally.rows,
        "rows_generalised": tally.rows_generalised,
        "rows_suppressed": tally.rows_suppressed,
        "words_suppressed": tally.words_suppressed,
        "columns": [
            {"name": each.name, "use": each.use.value, "unit": each.unit, "text": each.text.en}
            for each in tally.layout.columns
        ],
        "dropped": [_dropped(each) for each in tally.layout.dropped],
    }


def _dropped(each: Dropped) -> Mapping[str, str]:
    return {"name": each.name, "why": each.why.en}


def _lines(tally: Tally, k: int) -> Sequence[Text]:
    return (
        Text(
            f"{tally.rows} 行（{tally.contracts} 契約から）。うち一般化 {tally.rows_generalised} 行",
            f"{tally.rows} rows of {tally.contracts} contracts; less is told than is known of {tally.rows_generalised}",
        ),
        Text(
            f"{k} 契約未満のため除いたもの: {tally.rows_suppressed} 行、語 {tally.words_suppressed} 個",
            f"left out, fewer than {k} contracts alike: {tally.rows_suppressed} rows, {tally.words_suppressed} words",
        ),
        Text("除いた項目:", "tags and fields that are left out:"),
    )
