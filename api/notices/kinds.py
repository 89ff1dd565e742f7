"""The table of kinds of notices. A new one is a line here and its template in both languages."""

from collections.abc import Mapping

from collectors.text import Text

KINDS: Mapping[str, Text] = {
    "suspension": Text("サービス提供の停止", "suspension of the service"),
    "resumption": Text("サービス提供の再開", "the service resumes"),
    "breach": Text("契約違反の是正のお願い", "breach of the terms, to be cured"),
    "cure": Text("契約違反の是正の確認", "breach noted as cured"),
    "termination": Text("契約の終了", "end of the contract"),
    "expiry": Text("契約期間の満了", "term of the contract over"),
    "function_end": Text("機能の提供終了", "end of a function"),
    "service_end": Text("サービスの提供終了", "end of the service"),
    "terms_change": Text("利用規約の変更", "change of the terms"),
    "quota_shrinks": Text("対象機器の台数の減少", "fewer target devices from a day on"),
    "quota_stopped": Text("台数超過による収集の停止", "devices stopped, as the quota has no place for them"),
    "transfer_received": Text("契約承継の申請の受付", "application to take the contract over"),
    "transfer_decided": Text("契約承継の審査の結果", "decision on taking the contract over"),
}
"""Kind -> its name for people."""
