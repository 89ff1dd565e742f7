"""What states mean, in plain words for the people whom they concern."""

from collections.abc import Mapping

from api.models import ContractState
from api.models.transfer import TransferState
from collectors.inventory.changes import ChangeKind
from collectors.text import Text

CONTRACT_SIGNS: Mapping[ContractState, str] = {
    ContractState.DRAFT: "◇",
    ContractState.ACTIVE: "●",
    ContractState.SUSPENDED: "■",
    ContractState.TERMINATED: "×",
}
"""State -> a shape that tells it without colour."""

CONTRACT_MEANING: Mapping[ContractState, Text] = {
    ContractState.DRAFT: Text(
        "契約はまだ始まっていません。規約への同意を済ませると、サービス提供者が契約を開始します。"
        "開始後に機器を登録できます。",
        "The contract has not begun. Once the terms are accepted the provider begins it; devices can be enrolled then.",
    ),
    ContractState.ACTIVE: Text(
        "機器からのデータを受け取り、ダッシュボードと診断レポートをお届けしています。",
        "Data of your devices is taken, and dashboards and reports are provided.",
    ),
    ContractState.SUSPENDED: Text(
        "新しいデータは受け取らず、ダッシュボードと診断レポートも止まっています。機器のエージェントは測定を続けて"
        "データを手元に保管し、再開後に送ります。",
        "New data is refused, and dashboards and reports have stopped. The agents on your devices go on measuring, and "
        "send what they kept once the contract resumes.",
    ),
    ContractState.TERMINATED: Text(
        "契約は終了しました。機器からのデータは受け取りません。これまでの通知とレポートは引き続きご覧いただけます。",
        "The contract has ended. Data of devices is refused; notices and reports until then can still be read.",
    ),
}
"""State -> what it means to the customer."""

TRANSFER_SIGNS: Mapping[TransferState, str] = {
    TransferState.APPLIED: "◇",
    TransferState.ACCEPTED: "●",
    TransferState.REFUSED: "×",
    TransferState.WITHDRAWN: "―",
}

CHANGE_WORDS: Mapping[str, Text] = {
    ChangeKind.ADDED: Text("＋ 追加", "+ added"),
    ChangeKind.REMOVED: Text("－ 削除", "− removed"),
    ChangeKind.UPDATED: Text("↑ 更新", "↑ updated"),
    ChangeKind.CHANGED: Text("・ 変更", "· changed"),
}
"""Kind of a change in a list -> its sign and word."""
