"""Every reason that the `software` input can give. No software is bad by itself, so no state is."""

from collectors.reasons import Reasons
from collectors.text import Text
from collectors.verdict import State

REASONS = Reasons(
    {
        "listed": (State.OK, Text("{count} 件を一覧にしました", "{count} are listed")),
        "changed": (
            State.OK,
            Text(
                "{count} 件を一覧にしました（追加 {added}、削除 {removed}、更新 {updated}）",
                "{count} are listed: {added} added, {removed} removed, {updated} updated",
            ),
        ),
        "incomplete": (State.UNKNOWN, Text("一覧は完全ではありません（{why}）", "the list is not complete: {why}")),
        "too_many": (
            State.UNKNOWN,
            Text(
                "{count} 件のうち {kept} 件だけを一覧にしました（上限）",
                "only {kept} of {count} are listed, which is the limit",
            ),
        ),
        "not_kept": (
            State.UNKNOWN,
            Text(
                "{count} 件の一覧をディスクに保存できず、送信できません",
                "the list of {count} could not be kept on the disk, so it cannot be sent",
            ),
        ),
    }
)
