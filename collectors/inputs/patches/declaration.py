"""What the `patches` input collects: one point a device."""

from collectors.declaration import Field, FieldType, Measurement, Rollup
from collectors.text import Text
from collectors.verdict import VERDICT_FIELDS


def _state(name: str, kind: FieldType, ja: str, en: str, unit: str = "") -> Field:
    return Field(name, kind, Text(ja, en), unit, rollup=Rollup.STATE)


DEVICE = Measurement(
    name="patches",
    text=Text("更新プログラムの適用状況とOSのサポート期限", "updates and the support of the operating system"),
    tags=(),
    fields=(
        *VERDICT_FIELDS,
        _state("source", FieldType.STRING, "読み取り元", "where it was read from"),
        _state(
            "pending_security",
            FieldType.INTEGER,
            "未適用のセキュリティ更新の数",
            "security updates not installed",
        ),
        _state("pending_other", FieldType.INTEGER, "未適用のその他の更新の数", "other updates not installed"),
        _state("pending_total", FieldType.INTEGER, "未適用の更新の総数", "updates not installed, of whatever kind"),
        _state(
            "pending_names",
            FieldType.STRING,
            "未適用の更新の名前（50件まで）",
            "names of the updates not installed, 50 at most",
        ),
        _state("reboot_required", FieldType.BOOLEAN, "再起動が必要か", "a restart is needed"),
        _state(
            "services_to_restart",
            FieldType.INTEGER,
            "更新後に再起動していないサービスの数",
            "services that still run the old version",
        ),
        _state(
            "containers_to_restart",
            FieldType.INTEGER,
            "更新後に再起動していないコンテナーの数",
            "containers that still run the old version",
        ),
        _state(
            "sessions_to_restart",
            FieldType.INTEGER,
            "更新前のプログラムを使い続けているログインの数",
            "login sessions that still run the old version",
        ),
        _state("kernel_running", FieldType.STRING, "動作中のカーネル", "kernel that runs"),
        _state("kernel_expected", FieldType.STRING, "再起動後のカーネル", "kernel after a restart"),
        Field(
            "last_success_age_s",
            FieldType.INTEGER,
            Text("最後に更新が成功してからの秒数", "seconds since updates were last installed"),
            "s",
        ),
        Field(
            "last_check_age_s",
            FieldType.INTEGER,
            Text("最後に更新を確認してからの秒数", "seconds since updates were last looked for"),
            "s",
        ),
        Field(
            "lag_days",
            FieldType.FLOAT,
            Text("更新の遅れの日数（求め方は lag_basis）", "days that updates lag behind; lag_basis tells how counted"),
            "d",
        ),
        _state(
            "lag_basis",
            FieldType.STRING,
            "遅れの求め方（oldest_missing 最も古い未適用のセキュリティ更新の公開日、"
            "missed_release 最後のセキュリティ更新の次の月例リリース日、last_success 最後に更新が成功した日、"
            "none_missing 未適用なし）",
            "how the lag was counted: oldest_missing = release of the oldest missing security update, "
            "missed_release = first monthly release after the last security update installed, "
            "last_success = last successful update, none_missing = none is missing",
        ),
        _state("hotfixes", FieldType.INTEGER, "適用済みの修正プログラムの数", "hotfixes installed"),
        _state(
            "security_hotfixes",
            FieldType.INTEGER,
            "適用済みのうちセキュリティ更新と記されたものの数",
            "hotfixes installed that are called security updates",
        ),
        _state("hotfix_ids", FieldType.STRING, "適用済みの修正プログラムの番号", "numbers of the hotfixes installed"),
        _state(
            "newest_hotfix_ids", FieldType.STRING, "最も新しい修正プログラムの番号", "numbers of the newest hotfixes"
        ),
        _state(
            "newest_hotfix_date",
            FieldType.STRING,
            "適用日の分かる修正プログラムのうち最も新しい適用日（YYYY-MM-DD）",
            "newest day on which a hotfix was installed, among those that have a date, YYYY-MM-DD",
        ),
        _state("os_name", FieldType.STRING, "OSの名称", "name of the operating system"),
        _state(
            "os_version", FieldType.STRING, "OSの版（22H2、12 など）", "release of the operating system: 22H2, 12 …"
        ),
        _state("os_build", FieldType.STRING, "OSのビルド番号", "build of the operating system"),
        _state(
            "os_support_end",
            FieldType.STRING,
            "OSのセキュリティ更新が終わる日（YYYY-MM-DD）",
            "last day of security updates for the operating system, YYYY-MM-DD",
        ),
        Field(
            "os_support_days_left",
            FieldType.INTEGER,
            Text(
                "OSのセキュリティ更新が終わるまでの日数（負は終了後の日数）",
                "days until security updates for the operating system end; negative once they have",
            ),
            "d",
        ),
        _state(
            "os_support_note",
            FieldType.STRING,
            "OSのサポートについての補足（有償延長など。日本語）",
            "remark in Japanese on the support of the operating system, such as a paid extension",
        ),
        _state(
            "os_support_note_en",
            FieldType.STRING,
            "OSのサポートについての補足（英語）",
            "remark in English on the support of the operating system",
        ),
        _state(
            "booted_at",
            FieldType.STRING,
            "最後に起動した日時（機器の現地時刻）",
            "when the machine was last started, its local time",
        ),
    ),
)
"""One point a device. A value that the source does not tell is absent."""
