"""What operators may not do with jobs."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import Conflict, NotFound, Text


@dataclass(eq=False)
class JobUnknown(NotFound):
    """No job has that number, or no longer."""

    slug = "job-unknown"
    title = Text("Không có việc này", "No such job")
    message = Text(
        "Không có việc số {job_id}; việc xong đã lâu thì bị xóa. "
        "Xem các việc hiện có bằng: addrsvc jobs list.",
        "There is no job {job_id}; those long over are deleted. "
        "See what there is with: addrsvc jobs list.",
    )
    job_id: int


@dataclass(eq=False)
class JobNotOver(Conflict):
    """A job that waits or runs cannot be begun anew."""

    slug = "job-not-over"
    title = Text("Việc chưa kết thúc", "The job is not over")
    message = Text(
        "Việc số {job_id} đang ở trạng thái {state} nên không chạy lại được. Chỉ chạy lại việc "
        "thất bại, bị treo riêng hoặc đã hủy; muốn dừng nó: addrsvc jobs cancel {job_id}.",
        "Job {job_id} is {state} and cannot be begun anew. Only failed, parked and cancelled jobs "
        "can; to stop it: addrsvc jobs cancel {job_id}.",
    )
    job_id: int
    state: str


@dataclass(eq=False)
class JobOver(Conflict):
    """A job that is over cannot be cancelled."""

    slug = "job-over"
    title = Text("Việc đã kết thúc", "The job is over")
    message = Text(
        "Việc số {job_id} đã kết thúc ({state}), không còn gì để hủy.",
        "Job {job_id} is over ({state}); there is nothing left to cancel.",
    )
    job_id: int
    state: str
