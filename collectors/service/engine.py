"""Whether the time-series engine answers. What it cannot store while it is away is stored once it is back."""

from collectors.declaration import FieldType, Measurement
from collectors.service.fields import number, state
from collectors.text import Text

SERVICE_ENGINE = Measurement(
    name="service_engine",
    text=Text("時系列データベースの応答", "whether the time-series engine answers"),
    tags=(),
    fields=(
        state("reachable", FieldType.INTEGER, "応答すれば1、しなければ0", "1 where it answered, 0 where it did not"),
        number("answer_ms", "応答までの時間（応答したとき）", "time until it answered, where it did", "ms"),
        state("version", FieldType.STRING, "バージョン", "its version"),
    ),
)
