"""Every reason that the `raid` input can give."""

from collectors.reasons import Reasons
from collectors.text import Text
from collectors.verdict import State

_OK, _BAD, _UNKNOWN = State.OK, State.BAD, State.UNKNOWN

REASONS = Reasons(
    {
        # The device as a whole.
        "all_ok": (_OK, Text("すべて正常です（{count} 個）", "all {count} in order")),
        "some_bad": (_BAD, Text("異常があります：{names}", "not in order: {names}")),
        "some_unknown": (_UNKNOWN, Text("状態の分からないものがあります：{names}", "not known: {names}")),
        # One array.
        "ok": (_OK, Text("正常です", "in order")),
        "container": (
            _OK,
            Text("メタデータの入れ物で、異常ではありません", "a container for metadata, not a fault"),
        ),
        "busy": (_OK, Text("正常です（{operation} {percent}）", "in order ({operation} {percent})")),
        "failed_spare": (
            _OK,
            Text(
                "構成は完全ですが、故障として外されたディスクが {failed} 台登録されたままです",
                "complete, but {failed} failed disks are still listed",
            ),
        ),
        "degraded": (
            _BAD,
            Text(
                "冗長性が失われています（{active}/{members} 台）",
                "degraded: {active} of {members} disks work",
            ),
        ),
        "degraded_allowed": (
            _OK,
            Text(
                "{active}/{members} 台ですが、設定で許されています",
                "{active} of {members} disks, which the settings allow",
            ),
        ),
        "rebuilding": (
            _BAD,
            Text(
                "冗長性が失われており、復旧中です（{active}/{members} 台、{operation} {percent}）",
                "degraded and being rebuilt: {active} of {members} disks work, {operation} {percent}",
            ),
        ),
        "failed": (_BAD, Text("故障しています（{what}）", "failed ({what})")),
        "inactive": (_BAD, Text("停止しています", "not active")),
        "data_errors": (_BAD, Text("データが壊れています（{what}）", "data errors: {what}")),
        "device_errors": (
            _BAD,
            Text(
                "ディスクの読み書きエラーが {errors} 件数えられています",
                "{errors} device errors have been counted",
            ),
        ),
        "read_only": (_BAD, Text("読み取り専用になっています", "has become read only")),
        "partial": (
            _UNKNOWN,
            Text("出力が途中で切れているため判定できません", "the output is cut off before it tells"),
        ),
        "not_told": (_UNKNOWN, Text("状態が示されていません（{what}）", "its state is not told ({what})")),
    }
)
