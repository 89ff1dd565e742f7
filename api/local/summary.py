"""What `karte up` tells a person in the terminal."""

import os

from api.local import grafana
from api.local.firststart import STAFF_USER
from api.local.service import PREFERRED_PORT
from api.local.stack import Stack
from api.models.base import service_day, utc_now
from api.models.contract import Contract
from api.models.device import count_targets
from collectors.text import Text

_NAMES = {
    "influxd": Text("influxd（データベース）", "influxd (database)"),
    "service": Text("サービス", "service"),
    "worker": Text("定期ジョブ", "jobs by the clock"),
    "agent": Text("エージェント（この機器）", "agent (this machine)"),
    "snmpsim": Text("模擬複合機", "simulated MFPs"),
    "grafana": Text("Grafana", "Grafana"),
}


def started(stack: Stack, password: str | None) -> Text:
    """Return the summary of a stack that has just started.

    Args:
        stack: the stack.
        password: of the staff user that was just made; None if there was one already.
    """
    rows = [
        (Text("画面", "Pages"), Text(stack.deployment.url, stack.deployment.url)),
        (Text("利用者", "Sign in as"), _user(stack, password)),
        (Text("契約", "Contract"), _contract(stack)),
        (Text("動作中", "Running"), _running(stack)),
        (Text("ダッシュボード", "Dashboards"), _dashboards(stack, password is not None)),
        (Text("データ", "Data"), Text(*[str(stack.options.data.root)] * 2)),
        (Text("ログ", "Logs"), Text(*[str(stack.options.data.log)] * 2)),
        (Text("停止", "Stop"), Text(f"Ctrl-C（または kill {os.getpid()}）", f"Ctrl-C (or kill {os.getpid()})")),
    ]
    if stack.options.port is None and not stack.deployment.url.endswith(f":{PREFERRED_PORT}"):
        text = Text(f"ポート {PREFERRED_PORT} は使用中でした", f"port {PREFERRED_PORT} was taken")
        rows[0] = (rows[0][0], _joined(rows[0][1], text))
    head = Text("Office Karte が動いています。", "Office Karte is running.")
    return Text(
        ja="\n".join([f"\n{head.ja}\n", *(f"  {_padded(label.ja, 16)}{value.ja}" for label, value in rows), ""]),
        en="\n".join([f"\n{head.en}\n", *(f"  {label.en:<12}{value.en}" for label, value in rows), ""]),
    )


def _user(stack: Stack, password: str | None) -> Text:
    if password is None:
        command = f"karte user reset-password {STAFF_USER} --data-dir {stack.options.data.root}"
        return Text(f"{STAFF_USER}（パスワードを忘れたら: {command}）", f"{STAFF_USER} (password forgotten? {command})")
    return Text(
        f"{STAFF_USER}   パスワード {password}   ← 表示は今回だけです。控えてください",
        f"{STAFF_USER}   password {password}   <- shown this once; write it down",
    )


def _contract(stack: Stack) -> Text:
    with stack.database.reading() as session:
        contract = session.query(Contract).filter(Contract.public_id == stack.state.contract).one()
        used, quota = count_targets(session, contract.id), contract.device_quota(service_day(utc_now()))
        head = f"{contract.name} ({contract.public_id})"
    return Text(f"{head}  対象機器 {used} / {quota} 台", f"{head}, {used} of {quota} target devices")


def _running(stack: Stack) -> Text:
    names = [_NAMES[name] for name in stack.running]
    if stack.feed:
        names.append(Text("模擬オフィス", "simulated office"))
    return Text("、".join(name.ja for name in names), ", ".join(name.en for name in names))


def _dashboards(stack: Stack, is_first: bool) -> Text:
    if stack.grafana is None:
        return Text(
            "Grafana がありません。入れて GRAFANA_HOME で場所を示すと一緒に起動します (https://grafana.com/grafana/download)",
            "no Grafana found; install it and name its place in GRAFANA_HOME (https://grafana.com/grafana/download)",
        )
    path = grafana.password_path(stack.options.data)
    where = stack.grafana.url
    if is_first:
        secret = path.read_text(encoding="ascii").strip()
        return Text(
            f"{where}  利用者 admin  パスワード {secret}（{path} にもあります）",
            f"{where}, user admin, password {secret} (also in {path})",
        )
    return Text(f"{where}  利用者 admin  パスワードは {path}", f"{where}, user admin, password in {path}")


def _joined(text: Text, more: Text) -> Text:
    return Text(f"{text.ja}（{more.ja}）", f"{text.en} ({more.en})")


def _padded(label: str, width: int) -> str:
    # Japanese characters take two columns.
    return label + " " * max(1, width - 2 * len(label))
