"""What the `antivirus` input collects: one verdict for the device, and one point for each product found."""

from collectors.declaration import Field, FieldType, Measurement, Rollup, Tag
from collectors.text import Text
from collectors.verdict import VERDICT_FIELDS

_ENABLED = Field(
    "enabled",
    FieldType.BOOLEAN,
    Text("ウイルス対策が有効か", "the antivirus is switched on"),
    rollup=Rollup.STATE,
)
_REALTIME = Field(
    "realtime",
    FieldType.BOOLEAN,
    Text("リアルタイム保護が有効か", "real-time protection is on"),
    rollup=Rollup.STATE,
)
_UP_TO_DATE = Field(
    "up_to_date",
    FieldType.BOOLEAN,
    Text(
        "定義ファイルが最新か（製品の申告。Microsoft Defender は更新からの日数で判定）",
        "the definitions are up to date, as the product says; for Microsoft Defender by their age",
    ),
    rollup=Rollup.STATE,
)
_DEFINITIONS_VERSION = Field(
    "definitions_version",
    FieldType.STRING,
    Text("定義ファイルのバージョン", "version of the definitions"),
    rollup=Rollup.STATE,
)
_DEFINITIONS_AGE = Field(
    "definitions_age_days",
    FieldType.FLOAT,
    Text("定義ファイルの最終更新からの日数", "days since the definitions were updated"),
    "d",
)
_FULL_SCAN_AGE = Field(
    "full_scan_age_days",
    FieldType.FLOAT,
    Text("最後のフルスキャンからの日数", "days since the last full scan"),
    "d",
)
_FULL_SCAN_NEVER = Field(
    "full_scan_never",
    FieldType.BOOLEAN,
    Text("フルスキャンが一度も行われていない（製品の申告）", "the product says that no full scan was ever made"),
    rollup=Rollup.STATE,
)

DEVICE = Measurement(
    name="antivirus",
    text=Text("ウイルス対策の状態（機器全体の判定）", "antivirus protection of the device as a whole"),
    tags=(),
    fields=(
        *VERDICT_FIELDS,
        Field(
            "products",
            FieldType.INTEGER,
            Text("見つかったウイルス対策製品の数", "antivirus products found"),
            rollup=Rollup.STATE,
        ),
        Field(
            "product_names",
            FieldType.STRING,
            Text("見つかったウイルス対策製品の名前", "names of the antivirus products found"),
            rollup=Rollup.STATE,
        ),
        Field(
            "active_product",
            FieldType.STRING,
            Text("機器を保護している製品", "the product that protects the device"),
            rollup=Rollup.STATE,
        ),
        _ENABLED,
        _REALTIME,
        _UP_TO_DATE,
        _DEFINITIONS_VERSION,
        _DEFINITIONS_AGE,
        _FULL_SCAN_AGE,
        _FULL_SCAN_NEVER,
    ),
)
"""One point a device. The values are those of the product that protects it."""

PRODUCT = Measurement(
    name="antivirus_product",
    text=Text("ウイルス対策製品ごとの状態", "state of each antivirus product"),
    tags=(Tag("product", Text("製品名", "product name")),),
    fields=(
        *VERDICT_FIELDS,
        Field(
            "source",
            FieldType.STRING,
            Text("読み取り元", "where it was read from"),
            rollup=Rollup.STATE,
        ),
        Field(
            "mode",
            FieldType.STRING,
            Text(
                "動作モード（on、off、snoozed、expired、passive、edr_block、standby、unknown）",
                "mode: on, off, snoozed, expired, passive, edr_block, standby or unknown",
            ),
            rollup=Rollup.STATE,
        ),
        _ENABLED,
        _REALTIME,
        _UP_TO_DATE,
        Field(
            "tamper_protection",
            FieldType.BOOLEAN,
            Text("改ざん防止が有効か", "tamper protection is on"),
            rollup=Rollup.STATE,
        ),
        Field("version", FieldType.STRING, Text("製品のバージョン", "product version"), rollup=Rollup.STATE),
        Field("engine_version", FieldType.STRING, Text("エンジンのバージョン", "engine version"), rollup=Rollup.STATE),
        _DEFINITIONS_VERSION,
        Field(
            "definitions_date",
            FieldType.STRING,
            Text("定義ファイルの日付（YYYY-MM-DD）", "date of the definitions, YYYY-MM-DD"),
            rollup=Rollup.STATE,
        ),
        _DEFINITIONS_AGE,
        _FULL_SCAN_AGE,
        _FULL_SCAN_NEVER,
        Field(
            "quick_scan_age_days",
            FieldType.FLOAT,
            Text("最後のクイックスキャンからの日数", "days since the last quick scan"),
            "d",
        ),
        Field(
            "licence_end_date",
            FieldType.STRING,
            Text("ライセンスの期限（YYYY-MM-DD）", "date on which the licence ends, YYYY-MM-DD"),
            rollup=Rollup.STATE,
        ),
        Field(
            "product_state",
            FieldType.INTEGER,
            Text(
                "Windows セキュリティ センターの productState（元の値）",
                "productState as Windows Security Center gives it",
            ),
            rollup=Rollup.STATE,
        ),
    ),
)
"""One point a product."""
