"""The columns of the lists: what their headings say, and in what words a person reads their values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from api.models.contract import STATE_WORDS
from api.models.user import ROLE_WORDS
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
    "revoked_at": Column(Text("取り消し日時", "REVOKED AT")),
    "username": Column(Text("ユーザー名", "USERNAME")),
    "role": Column(Text("役割", "ROLE"), ROLE_WORDS),
    "language": Column(Text("言語", "LANGUAGE")),
    "disabled_at": Column(Text("停止日時", "DISABLED AT")),
    "month": Column(Text("月", "MONTH")),
    "lang": Column(Text("言語", "LANG")),
    "file": Column(Text("ファイル", "FILE")),
}
"""Key of a row -> its column."""
