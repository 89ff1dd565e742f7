"""What there is on the LANs: what is new, what vanished, and what nobody can tell."""

from collections import Counter
from collections.abc import Iterator

from api.analysis.roster import Roster
from api.analysis.tree import AssetDiagnosis, AssetEntry, Subject
from api.display.tokyo import date_text
from api.reports.inputs import ReportInputs
from api.reports.known import AssetMove, KnownAsset
from collectors.text import Text

_UNKNOWN = "unknown"
_COME, _GONE = ("added", "new"), ("removed", "vanished")
"""The words of lists, and of scans."""


def assets_of(inputs: ReportInputs, roster: Roster) -> AssetDiagnosis:
    """Return what there is on the LANs, and what changed within the period.

    Changes are those of the probes' lists; of probes that sent none, those that their scans told.
    """
    facts = inputs.assets
    unknown = [each for each in facts.assets if each.kind == _UNKNOWN]
    return AssetDiagnosis(
        total=len(facts.assets) if facts.listed else None,
        kinds=dict(sorted(Counter(each.kind for each in facts.assets).items())),
        new=_moved(inputs, _COME),
        vanished=_moved(inputs, _GONE),
        unknown=tuple(_entry(each, each.first_seen is not None) for each in unknown) or _unknown_events(inputs, roster),
        notes=tuple(_notes(inputs)),
    )


def _moved(inputs: ReportInputs, words: tuple[str, str]) -> tuple[AssetEntry, ...]:
    in_list, in_scan = words
    if inputs.assets.listed:
        return tuple(_of_move(each) for each in inputs.assets.moves if each.change == in_list)
    return tuple(
        AssetEntry(Subject(each.asset, each.name, each.kind), "", each.at)
        for each in inputs.assets.events.events
        if each.event == in_scan
    )


def _of_move(move: AssetMove) -> AssetEntry:
    asset = move.asset
    return AssetEntry(Subject(asset.asset, asset.name, asset.kind), _model(asset), move.at)


def _entry(asset: KnownAsset, is_dated: bool) -> AssetEntry:
    at = asset.first_seen if is_dated else None
    return AssetEntry(Subject(asset.asset, asset.name, asset.kind), _model(asset), at)


def _unknown_events(inputs: ReportInputs, roster: Roster) -> tuple[AssetEntry, ...]:
    """Return what came within the period and is not known, where there is no list to look at."""
    if inputs.assets.listed:
        return ()
    come = [each for each in inputs.assets.events.events if each.event == "new" and each.kind == _UNKNOWN]
    return tuple(AssetEntry(roster.subject(each.asset), "", each.at) for each in come)


def _model(asset: KnownAsset) -> str:
    return f"{asset.maker} {asset.model}".strip()


def _notes(inputs: ReportInputs) -> Iterator[Text]:
    facts = inputs.assets
    if not facts.listed:
        yield Text(
            "LAN上の機器の一覧が届いていません。増減は検知の記録からまとめています",
            "no list of what is on the LAN has come; what came and went is taken from what scans told",
        )
    elif max(facts.listed.values()) >= inputs.period.end:
        day = date_text(max(facts.listed.values()))
        yield Text(f"一覧は{day.ja}時点のものです", f"the list is as of {day.en}")
    if facts.is_cut or facts.events.is_cut:
        yield Text("数が多いため、一部だけを示しています", "there is so much that only part of it is shown")
