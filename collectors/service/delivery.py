"""Messages about findings: how many wait, were given up and were sent, and what is held back."""

from collectors.declaration import Measurement
from collectors.service.fields import count, number
from collectors.text import Text

SERVICE_DELIVERY = Measurement(
    name="service_delivery",
    text=Text("検知の通知の送信状況", "how the messages about findings stand"),
    tags=(),
    fields=(
        count("waiting", "送信の時刻を過ぎて待っている通知の数", "messages that are due and wait to be sent"),
        number(
            "oldest_s",
            "そのうち最も古いものが待っている時間。待っているものがなければなし",
            "for how long the oldest of them is due; absent where none is",
            "s",
        ),
        count("dead", "送信をあきらめた通知の数", "messages that were given up and not tried again by hand"),
        count("sent", "直近1時間に送信した通知の数", "messages sent within the last hour"),
        count("held", "保留中の検知の数", "changes of findings that are held back: maintenance, rest, damping"),
    ),
)
