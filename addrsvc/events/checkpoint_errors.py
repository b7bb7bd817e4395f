"""What can be wrong with checkpoints of the logs."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import Conflict, InvalidInput, Text


@dataclass(eq=False)
class CheckpointKeyInvalid(InvalidInput):
    """A key for checkpoints is not one."""

    slug = "checkpoint-key-invalid"
    title = Text("Khóa ký điểm chốt không hợp lệ", "Invalid key for checkpoints")
    message = Text(
        "Khóa ký điểm chốt phải là 32 byte viết bằng base64. Tạo khóa mới bằng lệnh "
        "addrsvc audit new-key.",
        "A key for checkpoints is 32 bytes in base64. Make one with addrsvc audit new-key.",
    )


@dataclass(eq=False)
class CheckpointKeyFileUnreadable(InvalidInput):
    """The file with the keys for checkpoints cannot be read."""

    slug = "checkpoint-key-file-unreadable"
    title = Text("Không đọc được tệp khóa ký điểm chốt", "Key file for checkpoints unreadable")
    message = Text(
        "Không đọc được khóa ký điểm chốt từ {file}. Hãy kiểm tra đường dẫn trong "
        "ADDRSVC_CHECKPOINT_KEY_FILE và quyền đọc; tệp chứa mỗi dòng một khóa do lệnh addrsvc "
        "audit new-key in ra, khóa mới nhất đứng đầu.",
        "The keys for checkpoints cannot be read from {file}. Check the path in "
        "ADDRSVC_CHECKPOINT_KEY_FILE and who may read it; the file holds keys as printed by "
        "addrsvc audit new-key, one a line, newest first.",
    )
    file: str


@dataclass(eq=False)
class CheckpointKeyMissing(InvalidInput):
    """Checkpoints are to be written or read, and no key is known."""

    slug = "checkpoint-key-missing"
    title = Text("Chưa có khóa ký điểm chốt", "No key for checkpoints")
    message = Text(
        "Chưa biết khóa của điểm chốt. Để ghi, đặt ADDRSVC_CHECKPOINT_DIR và "
        "ADDRSVC_CHECKPOINT_KEY (hoặc ADDRSVC_CHECKPOINT_KEY_FILE; tạo bằng lệnh addrsvc audit "
        "new-key); để kiểm tra, chỉ cần khóa công khai: --public-key.",
        "The key of the checkpoints is not known. To write them set ADDRSVC_CHECKPOINT_DIR and "
        "ADDRSVC_CHECKPOINT_KEY (or ADDRSVC_CHECKPOINT_KEY_FILE; addrsvc audit new-key makes "
        "one); to verify them the public key is enough: --public-key.",
    )


@dataclass(eq=False)
class CheckpointForged(Conflict):
    """A line in the folder of checkpoints is not what was signed."""

    slug = "checkpoint-forged"
    title = Text("Điểm chốt không đúng chữ ký", "Checkpoint not signed so")
    message = Text(
        "Điểm chốt {where} không mang chữ ký của khóa nào đã cho, hoặc đã bị sửa. Hãy đối chiếu "
        "với bản sao lưu ở nơi khác; nếu đã đổi khóa, cho cả khóa công khai cũ bằng --public-key.",
        "Checkpoint {where} is signed by none of the keys given, or was changed. Compare it with "
        "a copy kept elsewhere; after a change of keys give the old public key too: --public-key.",
    )
    where: str


@dataclass(eq=False)
class HistoryContradicts(Conflict):
    """What the database holds is not what an earlier checkpoint signed."""

    slug = "history-contradicts"
    title = Text("Nhật ký trái với điểm chốt", "Log contradicts its checkpoints")
    message = Text(
        "Nhật ký {log} trong cơ sở dữ liệu không còn đúng ở mục {number}: {what_vi}. Không ký "
        "điểm chốt mới. Hãy giữ nguyên cơ sở dữ liệu, chạy addrsvc audit verify và báo người phụ "
        "trách an toàn thông tin.",
        "The log {log} in the database does not hold any more at entry {number}: {what_en}. No "
        "new checkpoint is signed. Leave the database as it is, run addrsvc audit verify and tell "
        "whoever answers for security.",
    )
    log: str
    number: int
    what_vi: str
    what_en: str
