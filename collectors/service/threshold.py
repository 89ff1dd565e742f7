"""Thresholds in force that differ from the rules' own."""

from collectors.declaration import Measurement, Tag
from collectors.service.fields import number
from collectors.text import Text

RULE_THRESHOLD = Measurement(
    name="rule_threshold",
    text=Text("ルール本来の値と違うしきい値（契約、機器ごと）", "thresholds in force that differ from the rules' own"),
    tags=(
        Tag("rule", Text("ルール", "rule")),
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
    ),
)
