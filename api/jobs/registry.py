"""The table of jobs. A new job is one module and one line here."""

from api.jobs import grafana, rollup
from api.jobs.job import Job

JOBS: tuple[Job, ...] = (rollup.JOB, grafana.JOB)
