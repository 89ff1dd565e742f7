import huey
import pytest

from api.jobs.job import Job
from api.jobs.registry import JOBS


def test_it_gives_every_job_a_name_of_its_own() -> None:
    assert len({job.name for job in JOBS}) == len(JOBS) > 0


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_it_schedules_every_job_as_the_queue_understands(job: Job) -> None:
    assert huey.crontab(minute=job.minutes, strict=True)


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_it_lets_no_run_wait_longer_than_until_the_next_is_due(job: Job) -> None:
    minutes = sorted(map(int, job.minutes.split(",")))
    gaps = [(later - earlier) % 60 or 60 for earlier, later in zip(minutes, [*minutes[1:], minutes[0]], strict=True)]
    assert job.expires_s < min(gaps) * 60
