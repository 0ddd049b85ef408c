"""One way in and out of every job."""

from .job_drains import DrainJobs
from .job_frame import FOR_A_PERSON, as_channel_error
from .job_records import WAITING, Outcome, RecordJobs, Work

__all__ = ["FOR_A_PERSON", "WAITING", "JobRun", "Outcome", "Work", "as_channel_error"]


class JobRun(RecordJobs, DrainJobs):
    """A job of one backend: breaker, slot, lock; read outside, work inside, settle.

    ``backend`` comes from ``backend._env()`` and sits on a cursor that the job owns, because
    the run commits (``allow_commit`` of the queue_job function).
    """
