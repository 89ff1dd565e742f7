"""What the `software` input sends as points: one a device. The list itself goes as an inventory document."""

from collectors.declaration import Field, FieldType, Measurement, Rollup
from collectors.text import Text
from collectors.verdict import VERDICT_FIELDS


def _state(name: str, kind: FieldType, ja: str, en: str) -> Field:
    return Field(name, kind, Text(ja, en), rollup=Rollup.STATE)


SUMMARY = Measurement(
    name="software_summary",
    text=Text(
        "インストールされているソフトウェアの件数と変化（一覧そのものはインベントリとして送る）",
        "how much software is installed and what changed; the list itself goes as an inventory",
    ),
    tags=(),
    fields=(
        *VERDICT_FIELDS,
        _state("source", FieldType.STRING, "読み取り元", "where it was read from"),
        _state("installed", FieldType.INTEGER, "インストールされている件数", "how many are installed"),
        Field("added", FieldType.INTEGER, Text("前回送った一覧から追加された件数", "added since the list sent last")),
        Field(
            "removed", FieldType.INTEGER, Text("前回送った一覧から削除された件数", "removed since the list sent last")
        ),
        Field(
            "updated",
            FieldType.INTEGER,
            Text("前回送った一覧からバージョンが変わった件数", "whose version differs from the list sent last"),
        ),
        _state(
            "changed_names",
            FieldType.STRING,
            "追加（+）、削除（-）、更新（^）されたものの名前（20件まで）",
            "names of what was added (+), removed (-) and updated (^), 20 at most",
        ),
        _state("list_hash", FieldType.STRING, "一覧のハッシュ値（SHA-256）", "hash of the list (SHA-256)"),
    ),
)
"""One point a device. Without a list that was sent before, what changed is not known and absent."""
