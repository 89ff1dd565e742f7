"""How much agents tell and lose: told once an hour, so that a page of all contracts need not add up every run."""

from collectors.declaration import Measurement
from collectors.service.fields import count
from collectors.text import Text

_DROPPED = count(
    "dropped",
    "過去24時間に捨てた測定値の数（エージェントの報告）",
    "points dropped in 24 hours, as agents tell",
)
_REJECTED = count(
    "rejected",
    "過去24時間にゲートウェイに断られた測定値の数（エージェントの報告）",
    "points that the gateway refused in 24 hours, as agents tell",
)

CONTRACT_INGEST = Measurement(
    name="contract_ingest",
    text=Text("契約ごとの測定値の数（1時間ごと）", "how many points each contract's agents measured, every hour"),
    tags=(),
    fields=(
        count("points", "過去24時間に測定した値の数（エージェントの報告）", "points of 24 hours, as agents tell"),
        _DROPPED,
        _REJECTED,
    ),
)

AGENT_LOSS = Measurement(
    name="agent_loss",
    text=Text(
        "測定値を失ったエージェント（1時間ごと、失ったものだけ）",
        "agents that lost points, every hour; only those that lost any",
    ),
    tags=(),
    fields=(_DROPPED, _REJECTED),
)
