"""Thresholds in force that differ from the rules' own."""

from collectors.declaration import Measurement, Tag
from collectors.service.fields import number
from collectors.text import Text

RULE_THRESHOLD = Measurement(
    name="rule_threshold",
    text=Text("ルール本来の値と違うしきい値（契約、機器ごと）", "thresholds in force that differ from the rules' own"),
    tags=(
        Tag("rule", Text("ルール", "rule")),
        Tag("asset", Text("LANの機器（その機器のしきい値のとき）", "equipment on the LAN, where it is its own")),
        Tag(
            "subject",
            Text(
                "機器またはLANの機器のID（契約全体ならなし）",
                "id of the device or equipment; absent for the whole contract",
            ),
        ),
    ),
    fields=(
        number("value", "しきい値（単位はルールによる）", "the threshold, in the rule's unit"),
        number("own", "ルール本来の値", "the rule's own threshold"),
        number(
            "delta",
            "一つ外側の値（機器なら契約の値、契約ならルール本来の値）との差。取り消した直後は0",
            "how far it is from the next wider one: a device's from its contract's, that from the rule's own; 0 for a"
            " while after it was taken back",
        ),
    ),
)
