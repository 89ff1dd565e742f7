"""The columns of the lists: what their headings say, and in what words a person reads their values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from alert_rules.rule import Category, Severity
from api.models.acceptance import WAY_WORDS as ACCEPTANCE_WORDS
from api.models.contract import EVENT_WORDS, STATE_WORDS
from api.models.contract_reason import REASONS
from api.models.delivery import DELIVERY_WORDS
from api.models.notice import NOTICE_STATE_WORDS
from api.models.report_plan import SENDING_WORDS
from api.models.report_run import RUN_WORDS
from api.models.transfer import GROUND_WORDS, TRANSFER_STATE_WORDS
from api.models.user import POSITION_WORDS, ROLE_WORDS
from api.notices.kinds import KINDS as NOTICE_KINDS
from api.terms.documents import STANDING_WORDS
from collectors.text import Text


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        text: its heading.
        words: value -> how a person reads it; a value without words is shown as it is, so that what `--kind` and
            `--language` take can be copied from the list.
    """

    text: Text
    words: Mapping[str, Text] = field(default_factory=dict)


SCOPE_WORDS: Mapping[str, Text] = {"machine": Text("機器全体", "machine"), "user": Text("利用者", "user")}
CHANGE_WORDS: Mapping[str, Text] = {
    "added": Text("追加", "added"),
    "removed": Text("削除", "removed"),
    "updated": Text("更新", "updated"),
    "changed": Text("変化", "changed"),
}

WAY_WORDS: Mapping[str, Text] = {
    "portal": Text("ポータル", "portal"),
    "link": Text("リンク", "link"),
    "mail": Text("メール添付", "mail"),
}

COLUMNS: Mapping[str, Column] = {
    "id": Column(Text("ID", "ID")),
    "name": Column(Text("名前", "NAME")),
    "state": Column(Text("状態", "STATE"), STATE_WORDS),
    "devices": Column(Text("登録台数", "DEVICES")),
    "quota": Column(Text("契約台数", "QUOTA")),
    "created_at": Column(Text("作成日時", "CREATED AT")),
    "contract": Column(Text("契約", "CONTRACT")),
    "site": Column(Text("拠点", "SITE")),
    "kind": Column(Text("種類", "KIND")),
    "hostname": Column(Text("ホスト名", "HOSTNAME")),
    "os": Column(Text("OS", "OS")),
    "last_seen_at": Column(Text("最終受信", "LAST SEEN AT")),
    "label": Column(Text("用途", "LABEL")),
    "grafana_org": Column(Text("Grafana組織", "GRAFANA ORG")),
    "last_used_at": Column(Text("最終使用", "LAST USED AT")),
    "expires_at": Column(Text("期限", "EXPIRES AT")),
    "revoked_at": Column(Text("取り消し日時", "REVOKED AT")),
    "username": Column(Text("ユーザー名", "USERNAME")),
    "person": Column(Text("氏名", "PERSON")),
    "email": Column(Text("メール", "EMAIL")),
    "position": Column(Text("区分", "POSITION"), POSITION_WORDS),
    "second_factor_at": Column(Text("2段階認証", "SECOND FACTOR")),
    "last_signed_in_at": Column(Text("最終ログイン", "LAST SIGNED IN")),
    "scopes": Column(Text("権限", "SCOPES")),
    "role": Column(Text("役割", "ROLE"), ROLE_WORDS),
    "language": Column(Text("言語", "LANGUAGE")),
    "disabled_at": Column(Text("停止日時", "DISABLED AT")),
    "rule": Column(Text("ルール", "RULE")),
    "category": Column(Text("分類", "CATEGORY"), {str(each): each.text for each in Category}),
    "severity": Column(Text("重要度", "SEVERITY"), {str(each): each.text for each in Severity}),
    "limit": Column(Text("基準値", "LIMIT")),
    "headline": Column(Text("内容", "WHAT IT FINDS")),
    "subject": Column(Text("対象", "SUBJECT")),
    "found": Column(Text("内容", "FOUND")),
    "opened_at": Column(Text("発生", "OPENED AT")),
    "closed_at": Column(Text("終了", "CLOSED AT")),
    "taken_by": Column(Text("対応中の人", "TAKEN UP BY")),
    "channel": Column(Text("通知先", "CHANNEL")),
    "sending": Column(Text("送信", "SENDING"), DELIVERY_WORDS),
    "settled_at": Column(Text("完了日時", "SETTLED AT")),
    "attempts": Column(Text("回数", "ATTEMPTS")),
    "why": Column(Text("理由", "WHY")),
    "when": Column(Text("時間帯", "WHEN")),
    "set_at": Column(Text("変更日時", "SET AT")),
    "for": Column(Text("対象", "FOR")),
    "set_by": Column(Text("変更した人", "SET BY")),
    "reason": Column(Text("理由", "REASON")),
    "period": Column(Text("期間", "PERIOD")),
    "edition": Column(Text("版", "EDITION")),
    "built_at": Column(Text("作成日時", "BUILT AT")),
    "removed_at": Column(Text("消去日時", "REMOVED AT")),
    "way": Column(Text("経路", "WAY"), WAY_WORDS),
    "who": Column(Text("だれが", "WHO")),
    "hash": Column(Text("SHA-256", "SHA-256")),
    "schedule": Column(Text("予定", "SCHEDULE")),
    "delivery": Column(Text("送り方", "DELIVERY"), SENDING_WORDS),
    "keep_months": Column(Text("保存月数", "KEEP MONTHS")),
    "next": Column(Text("次回", "NEXT")),
    "run": Column(Text("状態", "STATE"), RUN_WORDS),
    "due_at": Column(Text("予定日時", "DUE AT")),
    "lang": Column(Text("言語", "LANG")),
    "file": Column(Text("ファイル", "FILE")),
    "version": Column(Text("バージョン", "VERSION")),
    "publisher": Column(Text("発行元", "PUBLISHER")),
    "arch": Column(Text("アーキテクチャ", "ARCH")),
    "source": Column(Text("読み取り元", "SOURCE")),
    "scope": Column(Text("範囲", "SCOPE"), SCOPE_WORDS),
    "installed_on": Column(Text("インストール日", "INSTALLED ON")),
    "size_kib": Column(Text("サイズ(KiB)", "SIZE KIB")),
    "since": Column(Text("一覧に現れた日時", "SINCE")),
    "at": Column(Text("日時", "AT")),
    "event": Column(Text("出来事", "EVENT"), EVENT_WORDS),
    "stood": Column(Text("前の状態", "WAS"), STATE_WORDS),
    "stands": Column(Text("後の状態", "IS"), STATE_WORDS),
    "reason_code": Column(Text("規約の理由", "REASON"), {code.value: kind.text for code, kind in REASONS.items()}),
    "notice": Column(Text("通知の種類", "NOTICE"), NOTICE_KINDS),
    "dispatch": Column(Text("発信", "DISPATCH"), NOTICE_STATE_WORDS),
    "made_at": Column(Text("作成日時", "MADE AT")),
    "dispatched_at": Column(Text("発信日時", "DISPATCHED AT")),
    "acknowledged_at": Column(Text("確認日時", "READ AT")),
    "ground": Column(Text("事由", "GROUND"), GROUND_WORDS),
    "former": Column(Text("承継前", "FORMER")),
    "successor": Column(Text("承継者", "SUCCESSOR")),
    "decided": Column(Text("結果", "DECIDED"), TRANSFER_STATE_WORDS),
    "documents_by": Column(Text("書類の期限", "DOCUMENTS BY")),
    "applied_at": Column(Text("申請日時", "APPLIED AT")),
    "decided_at": Column(Text("決定日時", "DECIDED AT")),
    "holds_on": Column(Text("効力・適用日", "HOLDS ON")),
    "action": Column(Text("操作", "ACTION")),
    "ended_at": Column(Text("終了日時", "ENDED AT")),
    "erasable_from": Column(Text("消去可能日", "ERASABLE FROM")),
    "erased_at": Column(Text("消去日時", "ERASED AT")),
    "disclosed_on": Column(Text("開示日", "DISCLOSED ON")),
    "authority": Column(Text("開示先", "AUTHORITY")),
    "legal_ground": Column(Text("法的根拠", "LEGAL GROUND")),
    "handed_over": Column(Text("内容", "HANDED OVER")),
    "is_secret": Column(Text("秘密", "SECRET"), {"True": Text("はい", "yes"), "False": Text("いいえ", "no")}),
    "target": Column(Text("対象", "TARGET")),
    "change": Column(Text("変更", "CHANGE"), CHANGE_WORDS),
    "version_before": Column(Text("変更前", "BEFORE")),
    "version_after": Column(Text("変更後", "AFTER")),
    "before": Column(Text("変更前", "BEFORE")),
    "after": Column(Text("変更後", "AFTER")),
    "asset": Column(Text("識別子", "ASSET")),
    "maker": Column(Text("メーカー", "MAKER")),
    "model": Column(Text("型番", "MODEL")),
    "names": Column(Text("名前", "NAMES")),
    "mac": Column(Text("MACアドレス", "MAC")),
    "ip": Column(Text("IPアドレス", "IP")),
    "first_seen": Column(Text("初回検出", "FIRST SEEN")),
    "last_seen": Column(Text("最終検出", "LAST SEEN")),
    "min_severity": Column(Text("送る重要度", "FROM SEVERITY"), {str(each): each.text for each in Severity}),
    "digest_from": Column(Text("まとめて送る重要度", "DIGEST FROM"), {str(each): each.text for each in Severity}),
    "escalation_min": Column(Text("未対応で送るまで(分)", "ESCALATION MIN")),
    "enabled": Column(Text("送信", "SENDS"), {"True": Text("する", "yes"), "False": Text("停止中", "off")}),
    "tested_at": Column(Text("テスト日時", "TESTED AT")),
    "outcome": Column(Text("テスト結果", "OUTCOME")),
    "about": Column(Text("必要なもの", "WHAT IT NEEDS")),
    "title": Column(Text("題名", "TITLE")),
    "standing": Column(Text("状態", "STATE"), STANDING_WORDS),
    "effective_on": Column(Text("適用日", "IN FORCE FROM")),
    "acceptance": Column(Text("同意", "ACCEPTED"), ACCEPTANCE_WORDS),
    "accepted_by": Column(Text("同意した方", "ACCEPTED BY")),
    "accepted_at": Column(Text("同意日時", "ACCEPTED AT")),
    "product": Column(Text("製品", "PRODUCT")),
    "owned": Column(Text("保有", "OWNED")),
    "installed": Column(Text("使用", "INSTALLED")),
    "short_by": Column(Text("不足", "SHORT BY")),
    "note": Column(Text("メモ", "NOTE")),
}
"""Key of a row -> its column."""
