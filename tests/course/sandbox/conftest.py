import pytest

from leadline.course.sandbox import Limits, Sandbox

LIMITS = Limits(seconds=20, memory_mb=300, disk_mb=5, processes=24, answer_mb=1)
SECRET = "hush, the course secret"


@pytest.fixture(scope="session")
def sandbox():
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("COURSE_SECRET", SECRET)
        started = Sandbox(LIMITS)
        with started:
            yield started
