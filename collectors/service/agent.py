"""Whether the agents that report are as new as the service. An agent cannot know what came after it."""

from collectors.declaration import FieldType, Measurement
from collectors.service.fields import state
from collectors.text import Text

AGENT_STATUS = Measurement(
    name="agent_status",
    text=Text(
        "エージェントの版と、このサービスの版との差（1時間以内に報告した機器）",
        "the version of each agent that has reported within an hour, and how far it is behind the service's",
    ),
    tags=(),
    fields=(
        state("version", FieldType.STRING, "エージェントの版", "version of the agent"),
        state(
            "behind",
            FieldType.INTEGER,
            "サービスの版より古い桁（0=古くない、1=3桁目、2=2桁目、3=1桁目。比べられない版では記録しない）",
            "part of the version that is behind the service's: 0 none, 1 the third, 2 the second, 3 the first;"
            " absent where the versions cannot be compared",
        ),
    ),
)
