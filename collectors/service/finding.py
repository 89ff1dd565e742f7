"""What rules found: a point as a finding opens, one as it closes, and one every hour in between."""

from collectors.declaration import FieldType, Measurement, Tag
from collectors.service.fields import count, number, state
from collectors.text import Text

FINDING = Measurement(
    name="finding",
    text=Text(
        "ルールによる検知（始まりと終わり、続いている間は1時間ごと）",
        "what rules found: its beginning, its end, and every hour in between",
    ),
    tags=(
        Tag("asset", Text("LANの機器", "equipment on the LAN")),
        Tag("rule", Text("ルール", "rule")),
        Tag("category", Text("分類", "category")),
        Tag("severity", Text("重要度（critical、warning、info）", "severity: critical, warning, info")),
        Tag("part", Text("部位（ドライブ、トナーなど）", "part: a drive, a toner …")),
    ),
    fields=(
        count("opened", "始まった時点の点で1", "1 at the beginning, else absent"),
        count("closed", "終わった時点の点で1", "1 at the end, else absent"),
        state("open", FieldType.INTEGER, "続いていれば1、終わっていれば0", "1 while it is open, 0 from its end on"),
        number("open_s", "始まりから終わりまでの時間", "time from beginning to end, told at the end", "s"),
        number("value", "始まった時点の値（単位はルールによる）", "value at the beginning, in the rule's unit"),
        number("threshold", "そのときのしきい値（単位はルールによる）", "threshold then, in the rule's unit"),
        number(
            "since", "しきい値を超え始めた時刻（UNIX時刻）", "Unix time since when it was beyond the threshold", "s"
        ),
        state(
            "advice",
            FieldType.STRING,
            "対処のしかたのページ（/advice/ の後）",
            "the page that tells what to do, below /advice/",
        ),
        state("detail", FieldType.STRING, "何を検知したか（始まった時点、日本語）", "what began, in Japanese"),
        state("detail_en", FieldType.STRING, "何を検知したか（始まった時点、英語）", "what began, in English"),
    ),
)
