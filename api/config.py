"""The service's settings. This is the only module of `api/` that reads the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

from api.told import ToldError
from collectors.text import Text

EngineName = Literal["influxdb1", "influxdb2", "opengemini"]
MailTls = Literal["starttls", "tls", "none"]
Alerting = Literal["python", "grafana"]
"""Who evaluates the rules."""
StaffTotp = Literal["required", "optional"]
"""Whether the staff need a second factor."""


class ConfigError(ToldError):
    """A setting is missing or cannot be used; the message names it and says what to do."""


@dataclass(frozen=True, slots=True)
class Config:
    """Settings of the service, from `KARTE_*` variables.

    Attributes:
        database_url: SQLAlchemy URL of the relational database.
        secret_key: signs session cookies.
        influx_engine: which class of `api.influx` speaks to the engine.
        influx_url: base URL of the engine.
        influx_database: raw database (a bucket on InfluxDB 2).
        influx_rollup_database: database of the hourly rollup (a bucket on InfluxDB 2).
        influx_org: organisation, InfluxDB 2 only.
        influx_token: API token (InfluxDB 2), or "user:password" (InfluxDB 1); None where the engine asks for none.
        raw_retention_days: how long raw points are kept.
        rollup_retention_days: how long the hourly rollup is kept.
        erase_after_days: how long after its end the data of a contract is kept, before it may be erased.
        future_limit_s: how far ahead of now a point's time may be, seconds.
        max_body_bytes: largest request body as sent.
        max_unpacked_bytes: largest body after gzip.
        max_line_bytes: largest single line of line protocol.
        query_max_days: longest time range of a query.
        query_max_rows: most rows in a query's answer.
        query_max_series: most series in a query's answer.
        query_max_bytes: largest answer to a query.
        query_timeout_s: longest time that a query may run.
        query_concurrency: queries of one token that one worker runs at the same time.
        query_slow_s: from which run time on a query is logged.
        queue_path: the file with the queue of jobs; None for `jobs.db` beside the SQLite database.
        redis_url: the Redis that holds the queue of jobs in place of a file; None for the file.
        report_dir: where finished reports are found by their names.
        report_archive: where reports are archived: a directory, or `s3://…`; None for `archive` within `report_dir`.
        report_archive_keys: "ACCESS_KEY:SECRET" of an archive in S3; None where the machine's role suffices.
        provider_name: of the provider, on reports; "" for the product's own.
        provider_contact: where customers ask, one line, on reports.
        provider_color: of headings on reports, `#rrggbb`.
        provider_logo: picture file on reports; None for none.
        data_dir: the data directory of the local stack that runs this service, which commands named on pages then need.
        grafana_url: where people open the dashboards; None where no Grafana runs.
        grafana_admin_url: where this service reaches Grafana's API; None for `grafana_url`.
        grafana_user: a server administrator of Grafana.
        grafana_password: of that user; None where Grafana is not brought in step.
        grafana_source_url: where Grafana reaches this service; None for `public_url`.
        grafana_export_dir: where the contents of organisations go that are removed.
        alerting: who evaluates the rules: this service, or Grafana, which then tells it of alerts.
        encryption_key: encrypts the secrets of channels; after commas older keys, which decrypt; None for `secret_key`.
        channel_allow: hosts, addresses and networks that channels may send to though they are not public.
        mail_host: the provider's own mail server; None where it sends no mail itself.
        mail_port: its port.
        mail_tls: "starttls", "tls" or "none".
        mail_user: user name there; "" where it asks for none.
        mail_password: of that user.
        mail_from: the sender's address.
        public_url: how people and agents reach this service.
        staff_totp: whether the staff need a second factor to sign in.
        secure_cookies: True where people reach the service over https only.
    """

    database_url: str
    secret_key: str
    influx_engine: EngineName = "influxdb1"
    influx_url: str = "http://127.0.0.1:8086"
    influx_database: str = "karte"
    influx_rollup_database: str = "karte_1h"
    influx_org: str = "karte"
    influx_token: str | None = None
    raw_retention_days: int = 35
    rollup_retention_days: int = 1096
    erase_after_days: int = 90
    future_limit_s: int = 600
    max_body_bytes: int = 8 * 1024 * 1024
    max_unpacked_bytes: int = 32 * 1024 * 1024
    max_line_bytes: int = 64 * 1024
    query_max_days: int = 1100
    query_max_rows: int = 500_000
    query_max_series: int = 20_000
    query_max_bytes: int = 64 * 1024 * 1024
    query_timeout_s: int = 30
    query_concurrency: int = 6
    query_slow_s: int = 5
    queue_path: Path | None = None
    redis_url: str | None = None
    report_dir: Path = Path("reports")
    report_archive: str | None = None
    report_archive_keys: str | None = None
    data_dir: Path | None = None
    grafana_url: str | None = None
    grafana_admin_url: str | None = None
    grafana_user: str = "admin"
    grafana_password: str | None = None
    grafana_source_url: str | None = None
    grafana_export_dir: Path = Path("grafana-export")
    alerting: Alerting = "python"
    encryption_key: str | None = None
    channel_allow: str = ""
    provider_name: str = ""
    provider_contact: str = ""
    provider_color: str = "#12527c"
    provider_logo: Path | None = None
    mail_host: str | None = None
    mail_port: int = 587
    mail_tls: MailTls = "starttls"
    mail_user: str = ""
    mail_password: str | None = None
    mail_from: str | None = None
    public_url: str = "http://127.0.0.1:8100"
    staff_totp: StaffTotp = "required"
    secure_cookies: bool = False


def load(environment: Mapping[str, str] = os.environ) -> Config:
    """Read the settings; a secret may come as `NAME_FILE`, the path of a file that holds it.

    Raises:
        ConfigError: a required setting is missing, or a value cannot be used.
    """
    defaults = Config(database_url="", secret_key="")
    return Config(
        database_url=_required(environment, "KARTE_DATABASE_URL"),
        secret_key=_required(environment, "KARTE_SECRET_KEY"),
        influx_engine=cast(EngineName, _one_of(environment, "KARTE_INFLUX_ENGINE", get_args(EngineName))),
        influx_url=_text(environment, "KARTE_INFLUX_URL") or defaults.influx_url,
        influx_database=_text(environment, "KARTE_INFLUX_DATABASE") or defaults.influx_database,
        influx_rollup_database=_text(environment, "KARTE_INFLUX_ROLLUP_DATABASE") or defaults.influx_rollup_database,
        influx_org=_text(environment, "KARTE_INFLUX_ORG") or defaults.influx_org,
        influx_token=_text(environment, "KARTE_INFLUX_TOKEN"),
        raw_retention_days=_number(environment, "KARTE_RAW_RETENTION_DAYS", defaults.raw_retention_days),
        rollup_retention_days=_number(environment, "KARTE_ROLLUP_RETENTION_DAYS", defaults.rollup_retention_days),
        erase_after_days=_number(environment, "KARTE_ERASE_AFTER_DAYS", defaults.erase_after_days),
        future_limit_s=_number(environment, "KARTE_FUTURE_LIMIT_S", defaults.future_limit_s),
        max_body_bytes=_number(environment, "KARTE_MAX_BODY_BYTES", defaults.max_body_bytes),
        max_unpacked_bytes=_number(environment, "KARTE_MAX_UNPACKED_BYTES", defaults.max_unpacked_bytes),
        max_line_bytes=_number(environment, "KARTE_MAX_LINE_BYTES", defaults.max_line_bytes),
        query_max_days=_number(environment, "KARTE_QUERY_MAX_DAYS", defaults.query_max_days),
        query_max_rows=_number(environment, "KARTE_QUERY_MAX_ROWS", defaults.query_max_rows),
        query_max_series=_number(environment, "KARTE_QUERY_MAX_SERIES", defaults.query_max_series),
        query_max_bytes=_number(environment, "KARTE_QUERY_MAX_BYTES", defaults.query_max_bytes),
        query_timeout_s=_number(environment, "KARTE_QUERY_TIMEOUT_S", defaults.query_timeout_s),
        query_concurrency=_number(environment, "KARTE_QUERY_CONCURRENCY", defaults.query_concurrency),
        query_slow_s=_number(environment, "KARTE_QUERY_SLOW_S", defaults.query_slow_s),
        queue_path=Path(queue_path) if (queue_path := _text(environment, "KARTE_HUEY")) else None,
        redis_url=_text(environment, "KARTE_REDIS_URL"),
        report_dir=Path(_text(environment, "KARTE_REPORT_DIR") or defaults.report_dir),
        report_archive=_text(environment, "KARTE_REPORT_ARCHIVE"),
        report_archive_keys=_text(environment, "KARTE_REPORT_ARCHIVE_KEYS"),
        data_dir=Path(data_dir) if (data_dir := _text(environment, "KARTE_DATA_DIR")) else None,
        grafana_url=_text(environment, "KARTE_GRAFANA_URL"),
        grafana_admin_url=_text(environment, "KARTE_GRAFANA_ADMIN_URL"),
        grafana_user=_text(environment, "KARTE_GRAFANA_USER") or defaults.grafana_user,
        grafana_password=_text(environment, "KARTE_GRAFANA_PASSWORD"),
        grafana_source_url=_text(environment, "KARTE_GRAFANA_SOURCE_URL"),
        grafana_export_dir=Path(_text(environment, "KARTE_GRAFANA_EXPORT_DIR") or defaults.grafana_export_dir),
        alerting=cast(Alerting, _one_of(environment, "KARTE_ALERTING", get_args(Alerting))),
        encryption_key=_text(environment, "KARTE_ENCRYPTION_KEY"),
        channel_allow=_text(environment, "KARTE_CHANNEL_ALLOW") or defaults.channel_allow,
        provider_name=_text(environment, "KARTE_PROVIDER_NAME") or defaults.provider_name,
        provider_contact=_text(environment, "KARTE_PROVIDER_CONTACT") or defaults.provider_contact,
        provider_color=_text(environment, "KARTE_PROVIDER_COLOR") or defaults.provider_color,
        provider_logo=Path(logo) if (logo := environment.get("KARTE_PROVIDER_LOGO")) else None,
        mail_host=_text(environment, "KARTE_MAIL_HOST"),
        mail_port=_number(environment, "KARTE_MAIL_PORT", defaults.mail_port),
        mail_tls=cast(MailTls, _one_of(environment, "KARTE_MAIL_TLS", get_args(MailTls))),
        mail_user=_text(environment, "KARTE_MAIL_USER") or defaults.mail_user,
        mail_password=_text(environment, "KARTE_MAIL_PASSWORD"),
        mail_from=_text(environment, "KARTE_MAIL_FROM"),
        public_url=_text(environment, "KARTE_PUBLIC_URL") or defaults.public_url,
        staff_totp=cast(StaffTotp, _one_of(environment, "KARTE_STAFF_TOTP", get_args(StaffTotp))),
        secure_cookies=_flag(environment, "KARTE_SECURE_COOKIES"),
    )


def load_local(local_url: str, secret_key: str, environment: Mapping[str, str] = os.environ) -> Config:
    """Read the settings for the local stack's own database and key; the environment may give all others.

    Args:
        local_url: of its database.
        secret_key: its key.
        environment: where the other settings come from.

    Raises:
        ConfigError: a value cannot be used.
    """
    own = {"KARTE_DATABASE_URL": local_url, "KARTE_SECRET_KEY": secret_key}
    others = {name: value for name, value in environment.items() if name.removesuffix("_FILE") not in own}
    return load({**others, **own})


def database_url(environment: Mapping[str, str] = os.environ) -> str | None:
    """Return the database's URL for commands that need no other setting; None if it is not set.

    Raises:
        ConfigError: `KARTE_DATABASE_URL_FILE` names a file that cannot be read.
    """
    return _text(environment, "KARTE_DATABASE_URL")


def _text(environment: Mapping[str, str], name: str) -> str | None:
    path = environment.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ConfigError(
                Text(
                    f"{name}_FILE が示す {path} を読めません: {error.strerror}",
                    f"{name}_FILE names {path}, which cannot be read: {error.strerror}",
                )
            ) from None
    return environment.get(name) or None


def _required(environment: Mapping[str, str], name: str) -> str:
    value = _text(environment, name)
    if not value:
        raise ConfigError(
            Text(
                f"{name} がありません。{name} か、値を入れたファイルの場所を示す {name}_FILE を設定してください",
                f"{name} is not set; set it, or {name}_FILE with the path of a file that holds it",
            )
        )
    return value


def _number(environment: Mapping[str, str], name: str, default: int) -> int:
    value = _text(environment, name)
    if value is None:
        return default
    if not value.isdecimal() or int(value) == 0:
        raise ConfigError(
            Text(
                f"{name} が {value!r} になっています。1以上の整数にしてください",
                f"{name} is {value!r}; it must be a whole number above 0",
            )
        )
    return int(value)


def _flag(environment: Mapping[str, str], name: str) -> bool:
    value = _text(environment, name) or "no"
    if value.lower() not in {"yes", "no"}:
        raise ConfigError(
            Text(
                f"{name} が {value!r} になっています。yes か no にしてください",
                f"{name} is {value!r}; it must be yes or no",
            )
        )
    return value.lower() == "yes"


def _one_of(environment: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    """Return one of the words that a setting may be; the first where it is not set."""
    value = _text(environment, name) or choices[0]
    if value in choices:
        return value
    named = ", ".join(choices)
    raise ConfigError(
        Text(
            f"{name} が {value!r} になっています。{named} のどれかにしてください",
            f"{name} is {value!r}; it must be one of {named}",
        )
    )
