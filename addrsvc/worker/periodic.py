"""All that happens by itself, in one place."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.basemap.preparing import keep_prepared
from addrsvc.clock import Clock
from addrsvc.collection import photo_expiring
from addrsvc.collection.blocks import end_blocks
from addrsvc.collection.private import keep_handing_over
from addrsvc.collection.sweeping import keep_deciding
from addrsvc.coverage import counting as coverage
from addrsvc.db.partitions import make_partitions
from addrsvc.db.transaction import transaction
from addrsvc.dossiers.proposals.following import keep_proposing
from addrsvc.dossiers.statistics.counting import count_everything, keep_counting
from addrsvc.errors import Text
from addrsvc.events.sealing import keep_sealing
from addrsvc.events.signing import write_checkpoints
from addrsvc.file_jobs.expiring import run_expiry
from addrsvc.file_jobs.running import mend_lost
from addrsvc.planning import checking_task
from addrsvc.planning import expiring as plan_expiring
from addrsvc.planning.changes import mending
from addrsvc.registry.retention import run_retention
from addrsvc.settings import Settings
from addrsvc.tickets.erasing import run_erasing
from addrsvc.webhooks import service as webhooks
from addrsvc.webhooks.delivering import keep_delivering
from addrsvc.worker.isolating import keep_isolating
from addrsvc.worker.model import Continuous, Periodic
from addrsvc.worker.sweeping import forget_finished, keep_sweeping

_DELIVERIES_KEPT: Final = timedelta(days=30)
_MEND_S: Final = 10.0


async def _seal(engine: AsyncEngine, _settings: Settings, _clock: Clock) -> None:
    await keep_sealing(engine)


async def _forget_delivered(engine: AsyncEngine, _settings: Settings, clock: Clock) -> None:
    async with transaction(engine) as conn:
        await webhooks.forget_delivered(conn, before=clock.now() - _DELIVERIES_KEPT)


async def _sign(engine: AsyncEngine, settings: Settings, clock: Clock) -> None:
    await write_checkpoints(engine, clock, settings)


async def _mend_file_jobs(engine: AsyncEngine, _settings: Settings, clock: Clock) -> None:
    while True:
        await mend_lost(engine, clock)
        await asyncio.sleep(_MEND_S)


async def _end_blocks(engine: AsyncEngine, _settings: Settings, clock: Clock) -> None:
    await end_blocks(engine, clock)


async def _make_partitions(engine: AsyncEngine, _settings: Settings, clock: Clock) -> None:
    await make_partitions(engine, clock)


CONTINUOUS: Final[tuple[Continuous, ...]] = (
    Continuous(
        "sealing",
        Text(
            "Đánh số và nối chuỗi băm sự kiện và nhật ký",
            "Number events and audit entries and chain their hashes",
        ),
        _seal,
    ),
    Continuous(
        "webhooks",
        Text(
            "Chuyển sự kiện đến các hệ thống đã đăng ký nhận",
            "Deliver events to the systems that registered for them",
        ),
        keep_delivering,
    ),
    Continuous(
        "dossier-proposals",
        Text(
            "Đề xuất cho hồ sơ khi địa chỉ liên kết thay đổi",
            "Propose to dossiers what follows from changes of their addresses",
        ),
        keep_proposing,
    ),
    Continuous(
        "dossier-statistics",
        Text(
            "Thống kê lại hồ sơ của những ngày có thay đổi",
            "Count the dossiers of days that changed",
        ),
        keep_counting,
    ),
    Continuous(
        "collected-records",
        Text(
            "Xử lý tiếp phiếu thu thập còn dở dang khi máy chủ bị gián đoạn",
            "Decide collected records that were left when the server was interrupted",
        ),
        keep_deciding,
    ),
    Continuous(
        "coverage",
        Text(
            "Thống kê lại địa chỉ theo phường, xã khi có thay đổi",
            "Count addresses by commune whenever something changed",
        ),
        coverage.keep_counting,
    ),
    Continuous(
        "basemap",
        Text(
            "Chuẩn bị ranh giới đơn vị hành chính cho bản đồ nền khi có thay đổi",
            "Make boundaries of units ready for the basemap whenever they change",
        ),
        keep_prepared,
    ),
    Continuous(
        "collected-contacts",
        Text(
            "Chuyển liên hệ của phiếu thu thập đã duyệt vào sổ người sử dụng địa chỉ",
            "Make contacts of accepted records the holders of their addresses",
        ),
        keep_handing_over,
    ),
    Continuous(
        "stalled-jobs",
        Text(
            "Tìm việc dở dang của tiến trình đã chết",
            "Find jobs left under way by workers that died",
        ),
        keep_sweeping,
    ),
    Continuous(
        "lone-jobs",
        Text(
            "Chạy riêng từng việc có thể đã làm chết tiến trình",
            "Run jobs that may have killed their worker, each alone",
        ),
        keep_isolating,
    ),
    Continuous(
        "file-jobs",
        Text(
            "Báo thất bại các việc theo tệp không làm tiếp được",
            "Fail jobs over files that cannot be gone on with",
        ),
        _mend_file_jobs,
    ),
    Continuous(
        "plan-files",
        Text(
            "Báo thất bại các tệp quy hoạch không xử lý tiếp được",
            "Fail files of plans that cannot be gone on with",
        ),
        checking_task.keep_mending,
    ),
    Continuous(
        "plan-comparisons",
        Text(
            "Báo thất bại các so sánh quy hoạch không tính tiếp được",
            "Fail comparisons of plans that cannot be gone on with",
        ),
        mending.keep_mending,
    ),
)
"""Each done by one worker at a time."""

PERIODIC: Final[tuple[Periodic, ...]] = (
    Periodic(
        "partitions",
        Text(
            "Tạo sẵn phân vùng theo năm cho sự kiện, nhật ký và lịch sử",
            "Make the partitions of the year to come of events, audit entries and history",
        ),
        "30 19 * * 0",
        _make_partitions,
    ),
    Periodic(
        "checkpoints",
        Text(
            "Kiểm tra phần nhật ký mới và ký điểm kiểm tra, nếu có thư mục và khóa",
            "Verify what is new in the logs and sign checkpoints, where a folder and key are set",
        ),
        "5 * * * *",
        _sign,
    ),
    Periodic(
        "code-blocks",
        Text(
            "Kết thúc lô mã hết hạn hoặc của máy bị thu hồi, báo số mã bỏ đi",
            "End blocks of codes whose time is over or whose device was revoked, and tell it",
        ),
        "20 * * * *",
        _end_blocks,
    ),
    Periodic(
        "retention",
        Text(
            "Xóa dữ liệu cá nhân đã hết thời hạn lưu giữ",
            "Erase personal data kept for as long as its settings say",
        ),
        "0 19 * * *",
        run_retention,
    ),
    Periodic(
        "ticket-words",
        Text(
            "Xóa nội dung và liên hệ của phản ánh đã đóng đủ số ngày",
            "Erase words and contacts of reports closed long enough ago",
        ),
        "15 19 * * *",
        run_erasing,
    ),
    Periodic(
        "all-dossier-statistics",
        Text("Thống kê lại toàn bộ hồ sơ", "Count all dossiers anew"),
        "40 18 * * *",
        count_everything,
    ),
    Periodic(
        "all-coverage",
        Text("Thống kê lại toàn bộ địa chỉ", "Count all addresses anew"),
        "50 18 * * *",
        coverage.count_everything,
    ),
    Periodic(
        "file-job-files",
        Text(
            "Xóa tệp và kết quả đã hết thời hạn giữ, tệp gửi dở và biên nhận cũ",
            "Delete files and results whose time is over, files half sent and old receipts",
        ),
        "*/10 * * * *",
        run_expiry,
    ),
    Periodic(
        "plan-files-due",
        Text(
            "Xóa tệp quy hoạch đã hết thời hạn giữ và vùng của bản nháp đã hủy",
            "Delete files of plans whose time is over, and zones of discarded drafts",
        ),
        "5-59/10 * * * *",
        plan_expiring.run_expiry,
    ),
    Periodic(
        "collected-photos",
        Text(
            "Xóa ảnh thu thập đã hết thời hạn giữ và tệp ảnh không còn thuộc phiếu nào",
            "Erase collected photos whose time is over, and files no record knows of",
        ),
        "25 18 * * *",
        photo_expiring.run_expiry,
    ),
    Periodic(
        "delivered-webhooks",
        Text(
            "Xóa lần gửi webhook đã xong quá 30 ngày",
            "Forget webhook deliveries done 30 days ago",
        ),
        "10 19 * * *",
        _forget_delivered,
    ),
    Periodic(
        "finished-jobs",
        Text("Xóa việc đã xong từ lâu", "Delete jobs long over"),
        "20 19 * * *",
        forget_finished,
    ),
)
"""Done once each time they are due, by any worker; in UTC."""
