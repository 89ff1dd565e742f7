"""What one process of the gateway did since its last point. Sums over processes and time are exact."""

from collectors.declaration import Measurement, Tag
from collectors.service.fields import count, number
from collectors.text import Text

SERVICE_GATEWAY = Measurement(
    name="service_gateway",
    text=Text(
        "ゲートウェイの1プロセスが前の点から処理した量", "what one process of the gateway did since its last point"
    ),
    tags=(Tag("process", Text("プロセス（ホスト名とプロセス番号）", "process: name of the machine and process id")),),
    fields=(
        number("span_s", "前の点からの時間", "time since the last point", "s"),
        count("writes", "書き込み要求の数", "write requests"),
        count("lines_forwarded", "保存した行の数", "lines stored"),
        count("lines_refused", "断った行の数", "lines refused"),
        count("writes_failed", "204以外を返した書き込みの数", "writes answered with something else than 204"),
        count(
            "engine_unavailable", "時系列データベースが応じなかった書き込みの数", "writes that found the engine away"
        ),
        number("write_ms", "書き込みにかかった時間の合計", "time that all writes took", "ms"),
        number("write_max_ms", "最も長くかかった書き込み", "the longest write", "ms"),
        count("queries", "問い合わせの数", "queries"),
        count("queries_refused", "断った問い合わせの数", "queries refused"),
        count("queries_cut_off", "途中で打ち切った問い合わせの数", "queries cut off after their answer had begun"),
        count(
            "queries_rolled_up",
            "1時間ごとの集計から答えた文の数",
            "statements answered from the hourly rollup",
        ),
        number("query_ms", "問い合わせにかかった時間の合計", "time until all queries' answers began", "ms"),
        number("query_max_ms", "最も長くかかった問い合わせ", "the longest of them", "ms"),
    ),
)
