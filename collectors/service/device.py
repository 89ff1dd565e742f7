"""How long a device has been silent. A device that is off cannot tell so itself."""

from collectors.declaration import Measurement, Tag
from collectors.service.fields import number
from collectors.text import Text

ALWAYS_ON_SILENT_S = 900
"""Seconds of silence after which a server, NAS or probe is in trouble: these run day and night."""

PC_SILENT_S = 3 * 86_400
"""Seconds of silence after which a PC is: a weekend is none."""

DEVICE_STATUS = Measurement(
    name="device_status",
    text=Text(
        "機器からの最後の受信からの時間（有効な契約の登録中の機器）",
        "how long each enrolled device of an active contract has been silent",
    ),
    tags=(Tag("kind", Text("種類（pc、server、nas、probe）", "kind: pc, server, nas, probe")),),
    fields=(
        number(
            "seconds_since_seen",
            "最後に受信してからの時間（精度およそ1分）",
            "time since the device last sent or enrolled, to about a minute",
            "s",
        ),
    ),
)
