"""The certificate of an erasure: what was erased where, and that nothing was left. Pure."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.display.tokyo import TOKYO
from collectors.text import Lang, Text

FORM = 1

PLACE_WORDS: Mapping[str, Text] = {
    "grafana": Text("Grafana（ダッシュボード）", "Grafana (dashboards)"),
    "archive": Text("レポートの保管場所", "archive of reports"),
    "influx": Text("時系列データベース（測定値）", "time-series database (measured values)"),
    "sql": Text("データベース（契約・機器・利用者など）", "relational database (contract, devices, users and more)"),
}
"""Place -> its name for people."""

_UNIT_WORDS: Mapping[str, Text] = {
    "organisations": Text("組織", "organisations"),
    "exported_files": Text("書き出したファイル", "exported files"),
    "files": Text("ファイル", "files"),
    "names": Text("ファイルの一覧", "names of files"),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a certificate is made of.

    Attributes:
        id: of the erasure.
        contract: public id.
        ended_at: when the contract ended.
        ended_because: code of the reason; "" if none.
        is_early: whether it was demanded before the period of retention was over.
        reason: who demanded it, and why.
        retention_days: the period.
        begun_at: when it was begun.
        begun_by: by whom.
        finished_at: when nothing was left.
        finished_by: who ran it then.
        erased: place -> what was there.
        left: place -> what is there now.
        kept: table -> rows, and why they stay.
        version: of the program.
    """

    id: str
    contract: str
    ended_at: datetime
    ended_because: str
    is_early: bool
    reason: str
    retention_days: int
    begun_at: datetime
    begun_by: str
    finished_at: datetime
    finished_by: str
    erased: Mapping[str, object]
    left: Mapping[str, object]
    kept: Mapping[str, tuple[int, Text]]
    version: str


def certificate(facts: Facts) -> str:
    """Return the certificate as JSON; the same facts give the same text."""
    said = {
        "form": FORM,
        "id": facts.id,
        "contract": facts.contract,
        "ended_at": facts.ended_at.isoformat(),
        "ended_because": facts.ended_because,
        "erased_because": "demand" if facts.is_early else "retention",
        "reason": facts.reason,
        "retention_days": facts.retention_days,
        "begun_at": facts.begun_at.isoformat(),
        "begun_by": facts.begun_by,
        "finished_at": facts.finished_at.isoformat(),
        "finished_by": facts.finished_by,
        "erased": facts.erased,
        "left": facts.left,
        "kept": {name: {"rows": rows, "ja": why.ja, "en": why.en} for name, (rows, why) in facts.kept.items()},
        "version": facts.version,
    }
    return json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True)


def hash_of(text: str) -> str:
    """Return the SHA-256 of a certificate, by which it is known."""
    return hashlib.sha256(text.encode()).hexdigest()


def readable(text: str, lang: Lang) -> str:
    """Return a certificate as people read it, with its hash."""
    said = json.loads(text)
    lines = [line.in_(lang) for line in _head(said)]
    for place, found in said["erased"].items():
        lines.append(f"\n■ {PLACE_WORDS[place].in_(lang)}" if place in PLACE_WORDS else f"\n■ {place}")
        lines += [f"  {name}: {number}" for name, number in _flat(found, lang)] or [
            Text("  データはありませんでした", "  there was nothing").in_(lang)
        ]
        lines.append(Text("  消去後の確認: 0件", "  looked at afterwards: nothing left").in_(lang))
    lines.append("\n■ " + Text("法令などのため残したもの", "What stays, and why").in_(lang))
    lines += [f"  {name}: {each['rows']}  {each[lang]}" for name, each in said["kept"].items()]
    lines.append(f"\nSHA-256: {hash_of(text)}")
    return "\n".join(lines) + "\n"


def _head(said: Mapping[str, Any]) -> list[Text]:
    because = (
        Text(f"お客様などの求めによる: {said['reason']}", f"on demand: {said['reason']}")
        if said["erased_because"] == "demand"
        else Text(
            f"契約終了後の保存期間（{said['retention_days']}日）の経過による",
            f"the period of retention after the contract's end, {said['retention_days']} days, is over",
        )
    )
    ended, begun, finished = (_local(said[name]) for name in ("ended_at", "begun_at", "finished_at"))
    return [
        Text("データ消去証明書", "Certificate of erasure"),
        Text(f"証明書番号: {said['id']}", f"Number: {said['id']}"),
        Text(f"契約: {said['contract']}（{ended} 終了）", f"Contract: {said['contract']}, which ended {ended}"),
        Text(f"消去の理由: {because.ja}", f"Why: {because.en}"),
        Text(
            f"開始: {begun}（{said['begun_by']}）\n完了: {finished}（{said['finished_by']}）",
            f"Begun: {begun} by {said['begun_by']}\nFinished: {finished} by {said['finished_by']}",
        ),
        Text(
            "下記の件数は消去前に数えたものです。完了時に再び数え、すべて0件であることを確認しました。",
            "The numbers below were counted before. At the end all was counted again, and nothing was left.",
        ),
    ]


def _flat(found: Mapping[str, Any], lang: Lang, before: str = "") -> list[tuple[str, int]]:
    lines: list[tuple[str, int]] = []
    for name, value in found.items():
        shown = before + (_UNIT_WORDS[name].in_(lang) if name in _UNIT_WORDS else name)
        if isinstance(value, Mapping):
            lines += _flat(value, lang, f"{shown} / ")
        elif value:
            lines.append((shown, value))
    return lines


def _local(moment: str) -> str:
    return f"{datetime.fromisoformat(moment).astimezone(TOKYO):%Y-%m-%d %H:%M}"
