"""What the `firewall` input collects: one verdict for the device, and one point for each profile."""

from collectors.declaration import Field, FieldType, Measurement, Rollup, Tag
from collectors.text import Text
from collectors.verdict import VERDICT_FIELDS

_ENABLED = Field(
    "enabled", FieldType.BOOLEAN, Text("ファイアウォールが有効か", "the firewall is on"), rollup=Rollup.STATE
)
_RULES = Field("rules", FieldType.INTEGER, Text("規則の数", "number of rules"), rollup=Rollup.STATE)
_OFF_SINCE = Field(
    "off_since",
    FieldType.INTEGER,
    Text(
        "無効であることを最初に観測した時刻（Unix 秒）。実際に無効になったのはそれ以前",
        "Unix time at which it was first observed off; it went off at that time or before",
    ),
    "s",
    rollup=Rollup.STATE,
)
_OFF_FOR = Field(
    "off_for_s",
    FieldType.INTEGER,
    Text("無効であることを最初に観測してからの秒数", "seconds since it was first observed off"),
    "s",
)

DEVICE = Measurement(
    name="firewall",
    text=Text("ファイアウォールの状態（機器全体の判定）", "firewall of the device as a whole"),
    tags=(),
    fields=(
        *VERDICT_FIELDS,
        _ENABLED,
        Field(
            "manager",
            FieldType.STRING,
            Text("通信を制御している製品・仕組み", "the product or mechanism that filters the traffic"),
            rollup=Rollup.STATE,
        ),
        Field(
            "profiles_off",
            FieldType.INTEGER,
            Text("無効になっているプロファイルの数", "profiles that are off"),
            rollup=Rollup.STATE,
        ),
        _RULES,
        _OFF_SINCE,
        _OFF_FOR,
    ),
)
"""One point a device."""

PROFILE = Measurement(
    name="firewall_profile",
    text=Text("ファイアウォールのプロファイルごとの状態", "state of each firewall profile"),
    tags=(
        Tag(
            "profile",
            Text(
                "プロファイル（domain、private、public。Linux と他社製品では system）",
                "profile: domain, private or public; system on Linux and for other makers' products",
            ),
        ),
        Tag("manager", Text("制御している製品・仕組み", "the product or mechanism that filters")),
    ),
    fields=(
        *VERDICT_FIELDS,
        _ENABLED,
        Field(
            "active",
            FieldType.BOOLEAN,
            Text("現在のネットワークに適用されているか", "the profile applies to a network that is connected now"),
            rollup=Rollup.STATE,
        ),
        Field(
            "default_inbound",
            FieldType.STRING,
            Text("受信の既定動作（block または allow）", "what happens to other inbound traffic: block or allow"),
            rollup=Rollup.STATE,
        ),
        Field(
            "default_outbound",
            FieldType.STRING,
            Text("送信の既定動作（block または allow）", "what happens to other outbound traffic: block or allow"),
            rollup=Rollup.STATE,
        ),
        Field(
            "managed_by",
            FieldType.STRING,
            Text("設定の管理元（local、gpo）", "who manages the setting: local or gpo"),
            rollup=Rollup.STATE,
        ),
        _RULES,
        _OFF_SINCE,
        _OFF_FOR,
    ),
)
"""One point a profile and manager."""
