"""What the agent tells of itself: one point for every run of an input, and its own state."""

from collectors.declaration import Field, FieldType, Measurement, PersonalData, Rollup, Tag
from collectors.text import Text

COLLECTOR_RUN = Measurement(
    name="collector_run",
    text=Text("収集処理の実行結果", "how each run of an input went"),
    tags=(Tag("input", Text("収集項目", "input")),),
    fields=(
        Field("duration_ms", FieldType.FLOAT, Text("所要時間", "how long the run took"), "ms"),
        Field(
            "ok",
            FieldType.BOOLEAN,
            Text(
                "正常に終わったか（この機器で使えない項目では記録しない）",
                "whether the run did its work; absent where the input cannot be used on this machine",
            ),
            rollup=Rollup.STATE,
        ),
        Field(
            "outcome",
            FieldType.STRING,
            Text(
                "結果（ok=正常、nothing=対象なし、failed=失敗、timeout=時間切れ、unavailable=利用不可）",
                "outcome: ok, nothing (nothing to measure here), failed, timeout, unavailable",
            ),
            rollup=Rollup.STATE,
        ),
        Field("points", FieldType.INTEGER, Text("得られたポイント数", "points that the run gave")),
        Field(
            "refused",
            FieldType.INTEGER,
            Text("宣言に合わず捨てたポイント数", "points dropped because they do not match their declaration"),
        ),
        Field("error_class", FieldType.STRING, Text("エラーの種類", "kind of error"), rollup=Rollup.STATE),
        Field(
            "error",
            FieldType.STRING,
            Text("エラーの内容", "what went wrong"),
            rollup=Rollup.STATE,
            personal=PersonalData.DEVICE,
        ),
    ),
)

AGENT = Measurement(
    name="agent",
    text=Text("エージェント自身の状態", "the agent's own state"),
    tags=(),
    fields=(
        Field(
            "version", FieldType.STRING, Text("エージェントのバージョン", "version of the agent"), rollup=Rollup.STATE
        ),
        Field("uptime_s", FieldType.FLOAT, Text("エージェントの起動からの時間", "time since the agent started"), "s"),
        Field("rss_bytes", FieldType.INTEGER, Text("使用メモリー", "resident memory"), "B"),
        Field(
            "cpu_s",
            FieldType.FLOAT,
            Text("起動から使ったCPU時間", "CPU time used since the start"),
            "s",
            rollup=Rollup.COUNTER,
        ),
        Field("spool_bytes", FieldType.INTEGER, Text("スプールの容量", "size of the spool"), "B"),
        Field("spool_points", FieldType.INTEGER, Text("未送信のポイント数", "points not sent yet")),
        Field(
            "dropped_points",
            FieldType.INTEGER,
            Text(
                "期限、容量、書き込み失敗で捨てたポイントの累計",
                "points dropped so far because of age, size or a full disk",
            ),
            rollup=Rollup.COUNTER,
        ),
        Field(
            "rejected_points",
            FieldType.INTEGER,
            Text("ゲートウェイが受け付けなかったポイントの累計", "points refused by the gateway so far"),
            rollup=Rollup.COUNTER,
        ),
        Field(
            "quarantined_segments",
            FieldType.INTEGER,
            Text("壊れていて隔離したスプールの累計", "damaged spool segments set aside so far"),
            rollup=Rollup.COUNTER,
        ),
        Field(
            "clock_offset_s",
            FieldType.FLOAT,
            Text(
                "ゲートウェイの時計との差（正ならこの機器が進んでいる、精度1秒）",
                "this machine's clock minus the gateway's, to about 1 s",
            ),
            "s",
        ),
        Field("lists_waiting", FieldType.INTEGER, Text("未送信の一覧（インベントリ）の数", "inventories not sent yet")),
        Field(
            "lists_dropped",
            FieldType.INTEGER,
            Text("期限または容量で捨てた一覧の累計", "inventories dropped so far because of age or size"),
            rollup=Rollup.COUNTER,
        ),
        Field(
            "lists_rejected",
            FieldType.INTEGER,
            Text("サービスが受け付けなかった一覧の累計", "inventories refused by the service so far"),
            rollup=Rollup.COUNTER,
        ),
    ),
)

MEASUREMENTS = (COLLECTOR_RUN, AGENT)
