"""The table of jobs. A new job is one module and one line here."""

from api.jobs import (
    agents,
    alerting,
    contracts,
    findings,
    forecast,
    grafana,
    grafana_keys,
    ingest,
    reports,
    rollup,
    rules,
    standing,
    terms,
    thresholds,
)
from api.jobs.job import Job

JOBS: tuple[Job, ...] = (
    standing.JOB,
    rules.JOB,
    findings.JOB,
    thresholds.JOB,
    rollup.JOB,
    forecast.JOB,
    agents.JOB,
    ingest.JOB,
    grafana.JOB,
    grafana_keys.JOB,
    alerting.JOB,
    reports.JOB,
    contracts.JOB,
    terms.JOB,
)
