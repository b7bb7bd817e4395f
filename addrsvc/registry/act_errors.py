"""What acts on addresses refuse, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from addrsvc.errors import Conflict, InvalidInput, Language, NotFound, Text
from addrsvc.registry.model import ACT_NAMES, PART_NAMES, STATUS_NAMES, Part, Status


@dataclass(eq=False)
class TransitionRefused(Conflict):
    """The lifecycle does not lead from this status to that one."""

    slug = "transition-refused"
    title = Text("Không thể chuyển trạng thái", "Status cannot change so")
    message = Text(
        "Địa chỉ đang ở trạng thái “{standing}” nên không thể thực hiện “{act}”. "
        "Việc làm được lúc này: {allowed}.",
        "The address is “{standing}”, which does not allow “{act}”. Possible now: {allowed}.",
    )
    standing: str
    act: str
    allowed: Sequence[str]

    def text(self, language: Language) -> str:
        """Say it with the words people know for status and acts."""
        none = Text("không có, chỉ có thể hoàn tác", "nothing but an undo")
        allowed = [ACT_NAMES[each].in_(language) for each in self.allowed]
        return self.message.in_(language).format(
            standing=STATUS_NAMES[Status(self.standing)].in_(language),
            act=ACT_NAMES[self.act].in_(language),
            allowed=", ".join(allowed) or none.in_(language),
        )


@dataclass(eq=False)
class NamedTwice(InvalidInput):
    """One act names an address twice."""

    slug = "named-twice"
    title = Text("Địa chỉ được nêu hai lần", "Address named twice")
    message = Text(
        "Địa chỉ {code} được nêu hai lần trong cùng một yêu cầu. Hãy bỏ bớt một lần.",
        "The address {code} is named twice in one request. Leave one out.",
    )
    code: str


@dataclass(eq=False)
class SuccessorUnplaced(InvalidInput):
    """What should take the place of an address has no position, so it cannot be in use."""

    slug = "successor-unplaced"
    title = Text("Địa chỉ thay thế chưa có vị trí", "Successor has no position")
    message = Text(
        "Địa chỉ thay thế phải có tọa độ đo được để dùng ngay. Hãy gửi “position” cho từng địa "
        "chỉ mới.",
        "An address that takes another's place is in use at once, so it needs a measured "
        "position. Send “position” for each new address.",
    )


@dataclass(eq=False)
class PartsInUse(Conflict):
    """An address that should go has parts that are in use."""

    slug = "parts-in-use"
    title = Text("Còn địa chỉ con đang dùng", "Parts still in use")
    message = Text(
        "Còn {count} địa chỉ con đang dùng thuộc địa chỉ này ({codes}). Hãy gửi “parts”: "
        "“retire” để ngừng dùng cả chúng, hoặc “move” để chuyển sang địa chỉ thay thế duy nhất.",
        "{count} parts of this address are in use ({codes}). Send “parts”: “retire” to take "
        "them out of use as well, or “move” to give them to its single successor.",
    )
    count: int
    codes: Sequence[str]
    """The first few."""

    def text(self, language: Language) -> str:
        """Say it with the codes as a list."""
        return self.message.in_(language).format(count=self.count, codes=", ".join(self.codes))


@dataclass(eq=False)
class ParentGone(Conflict):
    """An address would come back into use under a parent that is out of use."""

    slug = "parent-gone"
    title = Text("Địa chỉ cha không còn dùng", "Parent out of use")
    message = Text(
        "Địa chỉ {code} thuộc địa chỉ {parent}, nay không còn dùng. Hãy khôi phục địa chỉ cha "
        "trước.",
        "The address {code} is part of {parent}, which is out of use. Restore that one first.",
    )
    code: str
    parent: str


@dataclass(eq=False)
class PartsNeedOneSuccessor(InvalidInput):
    """Parts can move only where one address takes the place of their parent."""

    slug = "parts-need-one-successor"
    title = Text("Cần đúng một địa chỉ thay thế", "One successor needed")
    message = Text(
        "Chỉ chuyển được địa chỉ con khi có đúng một địa chỉ thay thế; ở đây có {count}. Hãy đổi "
        "địa chỉ cha của từng địa chỉ con trước, hoặc gửi “parts”: “retire”.",
        "Parts can move only to a single successor; here are {count}. Change the parent of each "
        "part first, or send “parts”: “retire”.",
    )
    count: int


@dataclass(eq=False)
class PartNotInner(InvalidInput):
    """A part would not lie inside what it should be a part of."""

    slug = "part-not-inner"
    title = Text("Địa chỉ con không nằm trong địa chỉ cha", "Part not inside its parent")
    message = Text(
        "“{part}” không thể thuộc “{parent_part}”. Thứ tự từ ngoài vào trong: tòa nhà, lối vào, "
        "căn, hộ. Hãy sửa “part” hoặc “parent”.",
        "“{part}” cannot be part of “{parent_part}”. From the outside in: building, entrance, "
        "unit, household. Mend “part” or “parent”.",
    )
    part: str
    parent_part: str

    def text(self, language: Language) -> str:
        """Say it with the words people know for parts."""
        return self.message.in_(language).format(
            part=PART_NAMES[Part(self.part)].in_(language),
            parent_part=PART_NAMES[Part(self.parent_part)].in_(language),
        )


@dataclass(eq=False)
class PartCycle(InvalidInput):
    """An address would be a part of itself."""

    slug = "part-cycle"
    title = Text("Địa chỉ thuộc chính nó", "Part of itself")
    message = Text(
        "Địa chỉ {parent} đã nằm trong địa chỉ này nên không thể làm địa chỉ cha của nó.",
        "The address {parent} lies inside this one, so it cannot be its parent.",
    )
    parent: str


@dataclass(eq=False)
class PartTooDeep(InvalidInput):
    """More levels of parts than there are kinds of parts."""

    slug = "part-too-deep"
    title = Text("Quá nhiều cấp địa chỉ con", "Too many levels of parts")
    message = Text(
        "Địa chỉ con chỉ được tối đa {levels} cấp: tòa nhà, lối vào, căn, hộ. Hãy chọn địa chỉ "
        "cha ở cấp ngoài hơn.",
        "Parts go at most {levels} levels deep: building, entrance, unit, household. Choose a "
        "parent further out.",
    )
    levels: int


@dataclass(eq=False)
class PartElsewhere(InvalidInput):
    """A part would lie in another commune than its parent."""

    slug = "part-elsewhere"
    title = Text("Khác phường, xã với địa chỉ cha", "In another commune than its parent")
    message = Text(
        "Địa chỉ này thuộc phường, xã {commune}, còn địa chỉ cha thuộc {parent_commune}. "
        "Hãy kiểm tra tọa độ hoặc địa chỉ cha.",
        "This address lies in commune {commune}, its parent in {parent_commune}. "
        "Check the coordinates or the parent.",
    )
    commune: str
    parent_commune: str


@dataclass(eq=False)
class PartTooVisible(InvalidInput):
    """A part would be seen by more people than what it lies in, and name it to them."""

    slug = "part-too-visible"
    title = Text("Hiển thị rộng hơn địa chỉ cha", "Seen by more than its parent")
    message = Text(
        "Một phần nêu mã của địa chỉ chứa nó, nên không được hiển thị rộng hơn: phần là "
        "“{visibility}”, địa chỉ cha là “{parent_visibility}”. Hãy đặt “{parent_visibility}” "
        "cho các phần trước.",
        "A part names the address it lies in, so no more people may see it: the part is "
        "“{visibility}”, its parent “{parent_visibility}”. Set the parts to "
        "“{parent_visibility}” first.",
    )
    visibility: str
    parent_visibility: str


@dataclass(eq=False)
class ActNotFound(NotFound):
    """No act has this number."""

    slug = "act-not-found"
    title = Text("Không tìm thấy quyết định", "Act not found")
    message = Text(
        "Không có quyết định số {act_id} trong sổ. Số này có trong lịch sử của địa chỉ.",
        "There is no act number {act_id}. An address's history shows the numbers.",
    )
    act_id: int


@dataclass(eq=False)
class ActOvertaken(Conflict):
    """Addresses an act touched were changed since, so it cannot be undone as it was."""

    slug = "act-overtaken"
    title = Text("Đã có thay đổi sau đó", "Changed since")
    message = Text(
        "{count} địa chỉ đã thay đổi sau quyết định {act_id} ({codes}). Hãy hoàn tác những thay "
        "đổi đó trước.",
        "{count} addresses were changed after act {act_id} ({codes}). Undo those changes first.",
    )
    act_id: int
    count: int
    codes: Sequence[str]
    """The first few."""

    def text(self, language: Language) -> str:
        """Say it with the codes as a list."""
        return self.message.in_(language).format(
            act_id=self.act_id, count=self.count, codes=", ".join(self.codes)
        )


@dataclass(eq=False)
class ActUndone(Conflict):
    """The act was undone already; what undid it may be undone in turn."""

    slug = "act-undone"
    title = Text("Đã hoàn tác rồi", "Undone already")
    message = Text(
        "Quyết định {act_id} đã từng được hoàn tác; lần gần nhất là {by}. Muốn đảo lại, hãy hoàn "
        "tác {by}.",
        "Act {act_id} was undone before, last by {by}. To turn that round, undo {by}.",
    )
    act_id: int
    by: int


@dataclass(eq=False)
class UndoTheAct(Conflict):
    """The last version was written by an act over several addresses: undo that as a whole."""

    slug = "undo-the-act"
    title = Text("Hãy hoàn tác cả quyết định", "Undo the act as a whole")
    message = Text(
        "Phiên bản này do quyết định {act_id} ghi cho nhiều địa chỉ. Hãy hoàn tác cả quyết định: "
        "POST /v1/acts/{act_id}:undo.",
        "This version was written by act {act_id} over several addresses. Undo the act as a "
        "whole: POST /v1/acts/{act_id}:undo.",
    )
    act_id: int


@dataclass(eq=False)
class UndoInChunks(Conflict):
    """Acts over thousands of addresses are undone in chunks, by their own command."""

    slug = "undo-in-chunks"
    title = Text("Quyết định hàng loạt được hoàn tác riêng", "Bulk acts are undone elsewhere")
    message = Text(
        "Quyết định {act_id} ({act}) đổi hàng loạt địa chỉ. Hãy hoàn tác bằng lệnh "
        "addrsvc acts undo {act_id}, hoặc bằng POST /v1/acts/{act_id}:revert.",
        "Act {act_id} ({act}) changed addresses in bulk. Undo it with the command "
        "addrsvc acts undo {act_id}, or with POST /v1/acts/{act_id}:revert.",
    )
    act_id: int
    act: str


@dataclass(eq=False)
class SuccessorWithdrawn(Conflict):
    """An address that took another's place cannot be said never to have been."""

    slug = "successor-withdrawn"
    title = Text("Đang thay thế địa chỉ khác", "Stands for another address")
    message = Text(
        "Địa chỉ {code} đang là địa chỉ thay thế của {predecessor}. Hãy hoàn tác việc ngừng dùng "
        "{predecessor} trước.",
        "The address {code} took the place of {predecessor}. Undo the retirement of "
        "{predecessor} first.",
    )
    code: str
    predecessor: str
