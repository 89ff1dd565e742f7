"""How each run of a job went, and how far the hourly rollup is."""

from collectors.declaration import FieldType, Measurement, Tag
from collectors.service.fields import count, number, state
from collectors.text import Text

SERVICE_JOB = Measurement(
    name="service_job",
    text=Text("定期処理の実行結果", "how each run of a job went"),
    tags=(Tag("job", Text("処理の名前", "name of the job")),),
    fields=(
        number("duration_s", "所要時間", "how long the run took", "s"),
        count("failed", "失敗なら1、成功なら0", "1 where the run failed, 0 where it did its work"),
        state("error", FieldType.STRING, "失敗の理由", "why it failed; absent where it did not"),
    ),
)

SERVICE_ROLLUP = Measurement(
    name="service_rollup",
    text=Text("1時間ごとの集計の進み具合", "how far the hourly rollup is"),
    tags=(),
    fields=(
        count("hours_behind", "集計が済んでいない時間の数", "hours that are due and not rolled up yet"),
        count(
            "contracts_again",
            "遅れて届いたデータのため集計し直す契約の数",
            "contracts of which hours are to be rolled up again",
        ),
    ),
)
