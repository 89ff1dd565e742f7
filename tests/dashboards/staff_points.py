"""What the service stored of two contracts and of itself: some trouble of each kind that the staff's pages show."""

from collections.abc import Iterator
from itertools import count

from collectors.point import FieldValue, Point

S = 10**9
MINUTE_S, HOUR_S, DAY_S = 60, 3_600, 86_400
HOSTS = {"c-office": ("PC-01", "SV-01", "NAS-01"), "c-clinic": ("PC-01", "PC-02")}
FOR_STAFF = "spool_dropped"
"""A rule of whose findings customers are not told."""

PRINTER = "SC30A04117"
"""One of the simulated office's."""

KINDS = {"PC": "pc", "SV": "server", "NAS": "nas"}


def staff_points(now: int) -> Iterator[Point]:
    """Yield the points of the last day up to a moment, findings of the last month."""
    for at in range(now - DAY_S, now + 1, 5 * MINUTE_S):
        yield from _standing(at, now)
        yield from _service(at)
    for at in range(now - DAY_S, now + 1, HOUR_S):
        yield from _agents(at, (at - now) // HOUR_S + 24)
        for contract in HOSTS:
            yield from _ingest(contract, at)
    yield from _forecasts(now)
    yield from _findings(now)
    for contract, rule, subject, value, own in (
        ("c-office", "disk_nearly_full", "", 80.0, 90.0),
        ("c-clinic", "disk_full", "d-c-clinic-1", 97.0, 95.0),
    ):
        tags = {"contract": contract, "rule": rule, "subject": subject}
        yield Point("rule_threshold", tags, {"value": value, "own": own}, (now - HOUR_S // 2) * S)


def _tags(contract: str, number: int) -> dict[str, str]:
    host = HOSTS[contract][number - 1]
    return {"contract": contract, "site": f"s-{contract}", "device": f"d-{contract}-{number}", "host": host}


def _standing(at: int, now: int) -> Iterator[Point]:
    for contract, name, used, quota, wrong in (
        ("c-office", "山田商事株式会社", 10, 10, (1, 1, 1, 0)),
        ("c-clinic", "鈴木医院", 2, 10, (1, 1, 0, 1)),
    ):
        fields: dict[str, FieldValue] = {
            "name": name,
            "state": "active",
            "devices_used": used,
            "quota": quota,
            "probes": 1,
        }
        fields |= zip(("findings_critical", "findings_warning", "silent_always_on", "silent_pcs"), wrong, strict=True)
        fields["devices_used_percent"] = 100.0 * used / quota
        yield Point("contract_status", {"contract": contract}, fields, at * S)
        for number, host in enumerate(HOSTS[contract], 1):
            # The NAS of one and a PC of the other contract fell silent.
            since = {"NAS-01": now - 2 * HOUR_S, "PC-02": now - 5 * DAY_S}.get(host, now)
            tags = {**_tags(contract, number), "kind": KINDS[host.partition("-")[0]]}
            yield Point("device_status", tags, {"seconds_since_seen": float(max(20, at - since))}, at * S)


def _agents(at: int, hour: int) -> Iterator[Point]:
    for contract, hosts in HOSTS.items():
        for number in range(1, len(hosts) + 1):
            tags = _tags(contract, number)
            told: dict[str, FieldValue] = {
                "version": "0.1.0",
                "dropped_points": 7 * hour * (number - 1),
                "rejected_points": 3 if hour > 12 else 0,
                "spool_points": 40,
                "clock_offset_s": 1.0,
            }
            yield Point("agent", tags, told, at * S)
            for name, ok in (("cpu", True), ("smart", number > 1)):
                outcome: dict[str, FieldValue] = {
                    "duration_ms": 12.0,
                    "ok": ok,
                    "outcome": "ok" if ok else "failed",
                    "points": 20 if ok else 0,
                }
                error = {} if ok else {"error": "smartctl: permission denied", "error_class": "CommandFailed"}
                yield Point("collector_run", {**tags, "input": name}, {**outcome, **error}, at * S)


def _ingest(contract: str, at: int) -> Iterator[Point]:
    lost = {"dropped": 7, "rejected": 3}
    yield Point("contract_ingest", {"contract": contract}, {"points": 81_000, **lost}, at * S)
    yield Point("agent_loss", _tags(contract, 2), lost, at * S)


def _forecasts(now: int) -> Iterator[Point]:
    told: dict[str, FieldValue] = {"state": "ok", "days_left": 61.5, "days_left_low": 40.2, "days_left_high": 130.0}
    disk = {**_tags("c-office", 1), "kind": "disk_full", "path": "C:"}
    toner = {"contract": "c-office", "site": "s-c-office", "kind": "supply_empty", "asset": "mfp-1", "index": "1"}
    for tags in (disk, {**toner, "type": "toner", "color": "black"}):
        yield Point("forecast", tags, told, (now - HOUR_S) * S)


def _findings(now: int) -> Iterator[Point]:
    said = (
        ("c-office", "SOUMU-PC01", "antivirus_off", "security", "critical", ""),
        ("c-office", "SV-KAIKEI", "disk_nearly_full", "capacity", "warning", "D:"),
        ("c-office", "SOUMU-PC01", FOR_STAFF, "housekeeping", "warning", ""),
        ("c-clinic", "PC-01", "disk_nearly_full", "capacity", "warning", "D:"),
        ("c-clinic", "PC-02", "disk_full", "capacity", "critical", "D:"),
    )
    for number, (contract, host, rule, category, severity, part) in zip(count(1), said):
        tags = {**_tags(contract, 1), "host": host}
        tags |= {"rule": rule, "category": category, "severity": severity, "part": part}
        for day in range(1, 1 + 3 * number):
            opened = now - day * DAY_S
            told: dict[str, FieldValue] = {"opened": 1, "open": 1, "value": 97.5, "threshold": 95.0}
            told |= {"since": float(opened - HOUR_S), "advice": rule}
            told |= {"detail": f"{rule}（{host} {part}）", "detail_en": f"{rule} ({host} {part})"}
            yield Point("finding", tags, told, opened * S)
            open_s = number * HOUR_S
            if day > 1 or number > 2:
                closed = {"closed": 1, "open": 0, "open_s": float(open_s)}
                yield Point("finding", tags, closed, (opened + open_s) * S)
    tags = {"contract": "c-office", "site": "s-c-office", "asset": PRINTER, "rule": "toner_low"}
    tags |= {"category": "consumables", "severity": "info", "part": "1"}
    told = {"opened": 1, "open": 1, "value": 4.0, "threshold": 5.0, "advice": "toner_low"}
    told |= {"detail": "トナー", "detail_en": "toner"}
    yield Point("finding", tags, told, (now - 6 * HOUR_S) * S)


def _service(at: int) -> Iterator[Point]:
    for process, share in (("api-1-7", 1), ("api-1-8", 2)):
        fields = {
            "span_s": 300.0,
            "writes": 50 * share,
            "writes_failed": share,
            "lines_forwarded": 12_000 * share,
            "lines_refused": share,
            "engine_unavailable": 0,
            "write_ms": 400.0 * share,
            "write_max_ms": 40.0 * share,
            "queries": 30 * share,
            "queries_refused": 1,
            "queries_cut_off": 0,
            "queries_rolled_up": 12 * share,
            "query_ms": 900.0,
            "query_max_ms": 120.0,
        }
        yield Point("service_gateway", {"process": process}, fields, at * S)
    is_away = at // 300 % 60 == 0
    yield Point("service_engine", {}, {"reachable": 0} if is_away else _answered(at), at * S)
    yield Point("service_rollup", {}, {"hours_behind": at // 300 % 40 // 39, "contracts_again": 1}, at * S)
    counts = {"waiting": at // 300 % 5, "oldest_s": 30.0, "dead": 1, "sent": 7, "held": 2}
    yield Point("service_delivery", {}, counts, at * S)
    for job, took in (("standing", 0.4), ("rollup", 2.5), ("grafana", 12.0)):
        failed = job == "grafana" and at // 300 % 100 == 0
        error = {"error": "Grafana does not answer"} if failed else {}
        yield Point("service_job", {"job": job}, {"duration_s": took, "failed": int(failed), **error}, at * S)


def _answered(at: int) -> dict[str, float | int | str]:
    return {"reachable": 1, "answer_ms": 1.0 + at // 300 % 7, "version": "1.6.7"}
