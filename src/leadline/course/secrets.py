"""What of a course no student may ever read, in every form it could be written."""

from base64 import b64encode

from leadline.course.folder import Course
from leadline.course.worlds import find_seed


def find_secrets(course: Course) -> list[str]:
    """Return the secret of the course and the seeds of its students, as texts to search for."""
    key = course.read_secret()
    seeds = [find_seed(key, student.student_id) for student in course.students]
    forms = [key.secret.decode(), key.secret.hex(), b64encode(key.secret).decode()]
    return [*forms, *map(str, seeds), *(f"{seed:x}" for seed in seeds)]
