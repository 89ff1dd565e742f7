"""The text that tells, in both languages, what the files of an export are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from api.display.tokyo import TOKYO
from api.privacy.tables import SECRETS
from collectors.text import Lang, Text

ABOUT: Mapping[str, Text] = {
    "api_token": Text("APIトークン", "API tokens"),
    "asset": Text("ネットワーク上の機器（現在）", "assets on the network, as they are"),
    "asset_change": Text("ネットワーク上の機器の変化", "changes of assets"),
    "audit_entry": Text("監査ログのうち、この契約に関するもの", "entries of the audit log about this contract"),
    "breach": Text("契約違反の通知", "breaches that were notified"),
    "channel": Text("通知先", "channels, where messages go"),
    "contract": Text("契約", "the contract"),
    "contract_option": Text("オプション", "options"),
    "contract_step": Text("契約に起きたこと", "what happened to the contract"),
    "delivery": Text("送った通知", "messages that were sent"),
    "delivery_item": Text("送った通知の内訳", "what these messages told of"),
    "device": Text("登録された機器", "enrolled devices"),
    "device_token": Text("機器トークン", "device tokens"),
    "disclosure": Text("法令に基づく開示の記録", "disclosures required by law"),
    "erasure": Text("消去の記録", "erasure"),
    "finding": Text("検知したこと", "findings"),
    "finding_transition": Text("検知の経過", "how findings went on"),
    "grafana_key": Text("Grafanaに入った記録", "when people entered Grafana"),
    "grafana_org": Text("Grafanaの組織", "the organisation in Grafana"),
    "idempotency_key": Text("APIの重複防止の記録", "what keeps API requests from being done twice"),
    "install_id": Text("インストールID", "install IDs"),
    "inventory_list": Text("受け取った一覧", "lists that were received"),
    "licence": Text("ライセンスの保有数", "licences that are owned"),
    "maintenance_window": Text("メンテナンスの時間帯", "maintenance windows"),
    "notice": Text("正式な通知", "formal notices"),
    "read_token": Text("読み取りトークン", "read tokens"),
    "recovery_code": Text("二段階認証の回復コードの状況", "state of recovery codes"),
    "report": Text("レポート", "reports"),
    "report_access": Text("レポートを開いた記録", "who opened reports"),
    "report_draft": Text("作成中のレポートの記録", "reports in the making"),
    "report_entry": Text("レポートの保管記録（改ざん検知用）", "the chain of the report archive"),
    "report_mail": Text("レポートの送付", "reports that were mailed"),
    "report_plan": Text("レポートの予定", "when reports are made"),
    "report_run": Text("レポート作成の実行記録", "runs that made reports"),
    "rollup_pending": Text("再集計待ちの時間", "hours to be rolled up again"),
    "rule_standing": Text("ルールの判定の途中経過", "how rules stand"),
    "rule_threshold": Text("この契約で変えた基準値", "thresholds that were set"),
    "second_factor": Text("二段階認証の状況", "state of second factors"),
    "service_mail": Text("サービスから送ったメール", "mail from the service"),
    "site": Text("拠点", "sites"),
    "snooze": Text("通知の一時停止", "rests from messages"),
    "software": Text("ソフトウェア（現在）", "software, as it is"),
    "software_change": Text("ソフトウェアの変化", "changes of software"),
    "terms_acceptance": Text("規約への同意", "terms that were accepted"),
    "terms_announcement": Text("規約の変更の案内", "announcements of new terms"),
    "terms_document": Text("この契約との個別の規約", "terms agreed with this customer alone"),
    "transfer": Text("契約の承継", "transfers of the contract"),
    "transfer_document": Text("承継の書類", "documents of transfers"),
    "user_account": Text("利用者", "users"),
}
"""Table -> what it holds; a table that is not here is named by its own name."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What an export consists of.

    Attributes:
        contract: public id.
        name: the customer's.
        made_at: when it was made.
        tables: table -> rows.
        raw: measurement -> series, of the points as they came.
        rollup: measurement -> series, of the hourly rollup.
        reports: how many files of reports.
        grafana: how many files of Grafana's export.
    """

    contract: str
    name: str
    made_at: datetime
    tables: Mapping[str, int]
    raw: Mapping[str, int]
    rollup: Mapping[str, int]
    reports: int
    grafana: int


def readme(contents: Contents, lang: Lang) -> bytes:
    """Return the text, with line ends that every editor knows."""
    lines = [text.in_(lang) for text in _head(contents)]
    for table, rows in contents.tables.items():
        about = ABOUT.get(table, Text(f"表 {table}", f"table {table}")).in_(lang)
        lines.append(f"  {table}.json  {table}.csv    {rows:>8}    {about}")
    lines += [text.in_(lang) for text in _measured(contents)]
    lines += ["", Text("含めていないもの", "What is left out").in_(lang)]
    lines += [f"  - {text.in_(lang)}" for text in _left_out()]
    return ("\r\n".join(lines) + "\r\n").encode("utf-8-sig")


def _head(contents: Contents) -> Sequence[Text]:
    at = f"{contents.made_at.astimezone(TOKYO):%Y-%m-%d %H:%M}"
    return (
        Text(
            f"契約 {contents.contract}（{contents.name}）について保有しているすべてのデータ",
            f"All that is held about contract {contents.contract} ({contents.name})",
        ),
        Text(f"作成日時: {at}（日本時間）", f"Made at {at}, Japan time"),
        Text("", ""),
        Text(
            "JSONはプログラム用、CSVは表計算ソフト用で、内容は同じです。時刻はUTC（日本時間より9時間前）です。"
            "CSVで「=」などから始まる文字には、式として実行されないよう先頭に ' を付けています。",
            "JSON is for programs and CSV for spreadsheets; they hold the same. Times are in UTC, nine hours behind "
            "Japan. In CSV, text that begins like a formula has a ' in front.",
        ),
        Text("", ""),
        Text("tables/  データベースの行（件数）", "tables/  rows of the database, with how many there are"),
    )


def _measured(contents: Contents) -> Sequence[Text]:
    return (
        Text("", ""),
        Text(
            f"files/    データベースに入っているファイル\nmeasured/  測定値（測定項目 {len(contents.raw)} 種、"
            f"系列 {sum(contents.raw.values())}）\nhourly/    1時間ごとの集計（測定項目 {len(contents.rollup)} 種、"
            f"系列 {sum(contents.rollup.values())}）\nreports/   保管中のレポート（{contents.reports} ファイル）\n"
            f"grafana/   Grafanaから書き出したもの（{contents.grafana} ファイル）".replace("\n", "\r\n"),
            f"files/    files that the database holds\nmeasured/  what was measured: {len(contents.raw)} measurements, "
            f"{sum(contents.raw.values())} series\nhourly/    its hourly rollup: {len(contents.rollup)} measurements, "
            f"{sum(contents.rollup.values())} series\nreports/   reports in the archive: {contents.reports} files\n"
            f"grafana/   what was exported from Grafana: {contents.grafana} files".replace("\n", "\r\n"),
        ),
        Text(
            "各測定項目の意味は、サービスの /collected のページをご覧ください。",
            "What each measurement means stands on the service's page /collected.",
        ),
    )


def _left_out() -> Sequence[Text]:
    return (
        *SECRETS.values(),
        Text(
            "法令により秘密とされた開示の記録（ある場合）",
            "disclosures that an order by law keeps secret, if there are any",
        ),
    )
