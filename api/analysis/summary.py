"""The diagnosis in one or two sentences, for who has ten seconds, and what the terms demand to be said with it."""

from collections.abc import Sequence

from api.analysis.tree import Action, DataQuality, Graded, Trend
from collectors.text import Text

DISCLAIMER = (
    Text(
        "本レポートは、収集できた情報をもとに自動で作成した参考情報です。内容の正確性・完全性を保証するものではありません。",
        "This report is made by machine from what could be collected, for your information;"
        " its accuracy and completeness are not warranted.",
    ),
    Text(
        "検知した不具合の原因の除去、修理、復旧作業は、本サービスに含まれません。ご希望の場合は別途ご相談ください。",
        "Removing the cause of what is found, repair and recovery are not included in the service; please ask for them"
        " separately.",
    ),
    Text(
        "評価と予測は期間の終わりまでのデータによるもので、以後の故障や事故がないことを示すものではありません。",
        "Grades and forecasts rest on data up to the end of the period and do not rule out later faults.",
    ),
)

_CHANGED = {
    Trend.BETTER: Text("{}より改善しました", "better than {}"),
    Trend.WORSE: Text("{}より悪化しました", "worse than {}"),
    Trend.SAME: Text("{}と同じです", "the same as {}"),
}


_MONTH, _WEEK = Text("先月", "last month"), Text("先週", "last week")


def summary_of(overall: Graded, actions: Sequence[Action], quality: DataQuality, *, is_week: bool = False) -> Text:
    """Return the summary: the grade, how it changed, and what to do first."""
    first = _grade(overall, _WEEK if is_week else _MONTH)
    todo = [action for action in actions if action.lasts]
    urgent = [action for action in todo if action.severity == "critical"]
    if urgent:
        second = Text(
            f"急ぎの対応が{len(urgent)}件あります。まず「{urgent[0].text.ja}」をお願いします。",
            f" {_things(len(urgent), 'needs', 'need')} action now; first: {_lowered(urgent[0].text.en)}.",
        )
    elif todo:
        second = Text(
            f"急ぎの問題はありません。おすすめの対応が{len(todo)}件あり、まずは「{todo[0].text.ja}」です。",
            f" Nothing is urgent; {_things(len(todo), 'is', 'are')} advised, first: {_lowered(todo[0].text.en)}.",
        )
    elif overall.grade is not None:
        second = Text("今すぐ必要な対応はありません。", " There is nothing that you need to do now.")
    else:
        second = (
            Text("", "")
            if quality.heard
            else Text("データが届くと評価できます。", " It can be graded once data comes.")
        )
    silent = quality.devices - quality.heard
    third = (
        Text(
            f"{silent}台からはデータが届いていません。",
            f" No data came from {silent} of {quality.devices} devices.",
        )
        if silent and quality.heard
        else Text("", "")
    )
    return Text(f"{first.ja}{second.ja}{third.ja}", f"{first.en}{second.en}{third.en}")


def _grade(overall: Graded, before: Text) -> Text:
    if overall.grade is None:
        why = overall.why_not or Text("データが足りません", "there is too little data")
        return Text(f"今回は総合評価ができません（{why.ja}）。", f"There is no overall grade this time ({why.en}).")
    grade, meaning = overall.grade.value, overall.grade.text
    changed = _CHANGED.get(overall.compared.trend)
    if changed is None:
        return Text(f"総合評価は{grade}（{meaning.ja}）です。", f"The overall grade is {grade} ({meaning.en}).")
    return Text(
        f"総合評価は{grade}（{meaning.ja}）で、{changed.ja.format(before.ja)}。",
        f"The overall grade is {grade} ({meaning.en}), {changed.en.format(before.en)}.",
    )


def _things(count: int, one: str, more: str) -> str:
    return f"1 thing {one}" if count == 1 else f"{count} things {more}"


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
