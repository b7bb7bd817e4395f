"""What software must know of all functions alike, in both languages: rules of the road for /docs.

Between backquotes stands what is typed or read by machines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from addrsvc.errors import Language, Text

_CODE: Final = re.compile(r"`([^`]+)`")

DOCS_WORDS: Final[dict[str, Text]] = {
    "docs_title": Text("Kết nối qua API", "Connecting through the API"),
    "docs_lead": Text(
        "Các chức năng cho phần mềm, lấy từ tài liệu OpenAPI của chính máy chủ này. "
        "Mô tả từng chức năng viết bằng tiếng Anh; quy ước chung và ví dụ có cả tiếng Việt.",
        "The functions for software, taken from this server’s own OpenAPI document.",
    ),
    "docs_document": Text("Tài liệu OpenAPI (JSON)", "OpenAPI document (JSON)"),
    "docs_contents": Text("Trong trang này", "On this page"),
    "docs_conventions": Text("Quy ước chung", "What holds for all"),
    "docs_functions": Text("Các chức năng", "The functions"),
    "docs_example": Text("Ví dụ", "Example"),
    "docs_answer": Text("Trả lời", "Answer"),
    "docs_cut": Text(
        "Danh sách dài đã rút gọn; khóa và chữ ký thay bằng “…”.",
        "Long lists are cut; keys and signatures are shown as “…”.",
    ),
    "docs_problems": Text("Lỗi có thể gặp", "Problems it may answer with"),
    "docs_parameters": Text("Tham số", "Parameters"),
    "docs_required": Text("bắt buộc", "required"),
    "docs_ending": Text("Sắp ngừng; xem “Phiên bản”", "Will end; see “Versions”"),
}


@dataclass(frozen=True, slots=True)
class Convention:
    """One thing that holds for all functions."""

    anchor: str
    title: Text
    paragraphs: tuple[Text, ...]


class Piece(NamedTuple):
    """A part of a sentence: words, or what machines read."""

    text: str
    is_code: bool


class Told(NamedTuple):
    """A convention in one language."""

    anchor: str
    title: str
    paragraphs: Sequence[Sequence[Piece]]


CONVENTIONS: Final = (
    Convention(
        "keys",
        Text("Khóa API", "API keys"),
        (
            Text(
                "Tra cứu công khai không cần khóa. Danh sách, xuất dữ liệu, hồ sơ và mọi thay đổi "
                "cần khóa trong tiêu đề `Authorization: Bearer <khóa>`. Quản trị viên cấp khóa "
                "theo việc được làm và theo địa bàn; khóa chỉ hiện một lần khi cấp.",
                "Public lookups need no key. Lists, exports, dossiers and all changes need one in "
                "the header `Authorization: Bearer <key>`. Administrators issue keys for what is "
                "to be done and where; a key is shown once, when issued.",
            ),
            Text(
                "Không muốn gửi khóa đi theo từng yêu cầu thì đổi lấy mã truy cập 15 phút ở "
                "`POST /oauth/token` (OAuth 2.0, client credentials).",
                "Not to send the key with every request, take a token of 15 minutes for it at "
                "`POST /oauth/token` (OAuth 2.0 client credentials).",
            ),
        ),
    ),
    Convention(
        "sandbox",
        Text("Thử nghiệm", "Sandbox"),
        (
            Text(
                "Bản trình diễn `addrsvc serve --demo` có cơ sở dữ liệu riêng với địa chỉ bịa ra, "
                "và in sẵn một khóa để thử khi khởi động; cấp thêm bằng "
                "`addrsvc keys create TÊN --sandbox`. Khóa ấy đọc, ghi được mọi thứ phần mềm cần "
                "trong bản trình diễn, hết hạn sau 30 ngày, và bị từ chối ở mọi máy chủ khác. Chỉ "
                "gửi dữ liệu bịa.",
                "The demo, `addrsvc serve --demo`, has a database of its own with invented "
                "addresses, and prints a key to try with when it starts; more are issued by "
                "`addrsvc keys create NAME --sandbox`. Such a key reads and writes all that "
                "software needs in the demo, ends after 30 days, and is refused by every other "
                "server. Send invented data only.",
            ),
            Text(
                "Trên sổ địa chỉ thật, thêm `?dry_run=true` vào các thay đổi địa chỉ: mọi kiểm tra "
                "đều chạy, câu trả lời cho biết điều gì sẽ xảy ra, và không có gì được ghi.",
                "With a real register, add `?dry_run=true` to changes of addresses: all checks "
                "run, the answer says what would happen, and nothing is written.",
            ),
        ),
    ),
    Convention(
        "errors",
        Text("Lỗi", "Errors"),
        (
            Text(
                "Mọi lỗi là `application/problem+json` (RFC 9457): `type` là tên cố định của loại "
                "lỗi, mở đường dẫn ấy ra sẽ thấy giải thích; `detail` nói chuyện gì đã xảy ra và "
                "cần làm gì tiếp; `errors` chỉ từng chỗ sai trong yêu cầu bằng JSON Pointer; "
                "`request_id` để báo cho quản trị viên. Phần mềm nên dựa vào `type`, không dựa vào "
                "câu chữ.",
                "Every error is `application/problem+json` (RFC 9457): `type` is the lasting name "
                "of the problem, and that path explains it; `detail` says what happened and what "
                "to do next; `errors` points at each fault in the request by JSON Pointer; "
                "`request_id` is for the operator. Let software go by `type`, not by wording.",
            ),
            Text(
                "`429` và `503` luôn kèm `Retry-After` (giây): hãy đợi đúng chừng ấy rồi gửi lại.",
                "`429` and `503` always carry `Retry-After` (seconds): wait for as long, then "
                "send again.",
            ),
        ),
    ),
    Convention(
        "languages",
        Text("Ngôn ngữ, thời gian", "Languages and times"),
        (
            Text(
                "Câu chữ theo `Accept-Language`: `vi` (mặc định) hoặc `en`. Ngày là `2026-01-31`, "
                "theo lịch Việt Nam; thời điểm theo RFC 3339, có múi giờ. Khoảng thời gian tính cả "
                "đầu, không tính cuối.",
                "Wording follows `Accept-Language`: `vi` (the default) or `en`. Days are "
                "`2026-01-31`, of the calendar in Vietnam; moments are RFC 3339 with an offset. "
                "Periods include their beginning and not their end.",
            ),
        ),
    ),
    Convention(
        "coordinates",
        Text("Tọa độ", "Coordinates"),
        (
            Text(
                "Kinh độ luôn đứng trước vĩ độ, theo độ WGS 84: `lon=106.65&lat=10.98`; `bbox` là "
                "tây, nam, đông, bắc. GeoJSON theo RFC 7946. Khoảng cách và độ chính xác tính bằng "
                "mét, diện tích bằng mét vuông.",
                "Longitude always comes before latitude, in degrees of WGS 84: "
                "`lon=106.65&lat=10.98`; `bbox` is west, south, east, north. GeoJSON follows RFC "
                "7946. Distances and accuracies are metres, areas square metres.",
            ),
            Text(
                "Nơi nhận tọa độ VN-2000 có tham số `crs` (ví dụ `EPSG:9210`, múi 3 độ, kinh tuyến "
                "trục 105°45′); X là hướng bắc, Y là hướng đông như trên sổ đỏ, gửi theo thứ tự "
                "nào cũng được vì hai số không thể lẫn nhau.",
                "Where VN-2000 is taken there is `crs` (say `EPSG:9210`, 3° zone, central meridian "
                "105°45′); X is northing and Y easting, as on land certificates, in either order: "
                "the two numbers cannot be mistaken for each other.",
            ),
        ),
    ),
    Convention(
        "paging",
        Text("Danh sách nhiều trang", "Paging"),
        (
            Text(
                "Danh sách dài được chia trang theo khóa: `limit` là số dòng mỗi trang, `next` "
                "trong câu trả lời là giá trị cho tham số tiếp theo (`after`, `cursor`…), và tiêu "
                'đề `Link: <…>; rel="next"` là đường dẫn sẵn (RFC 8288). `next` bằng `null` là '
                "hết. Dòng thêm vào trong lúc đọc không làm mất hay lặp dòng nào.",
                "Long lists are paged by key: `limit` is the rows of a page, `next` in the answer "
                "is the value for the parameter (`after`, `cursor`…), and the header "
                '`Link: <…>; rel="next"` is that page’s address (RFC 8288). `next` is `null` at '
                "the end. Rows added meanwhile make none be lost or told twice.",
            ),
        ),
    ),
    Convention(
        "limits",
        Text("Giới hạn", "Limits"),
        (
            Text(
                "Mỗi câu trả lời cho biết giới hạn và phần còn lại: `RateLimit-Policy` và "
                '`RateLimit`. Ví dụ `"lookup";r=119;t=60`: còn 119 lần trong 60 giây tới. Không '
                "có khóa thì tính theo địa chỉ mạng; hỏi trúng nhiều mã không tồn tại bị tính "
                "riêng (`misses`) và chặt hơn.",
                "Every answer says what is allowed and what is left: `RateLimit-Policy` and "
                '`RateLimit`. Thus `"lookup";r=119;t=60`: 119 more within 60 seconds. Without a '
                "key, network addresses are counted; asking for codes that do not exist is counted "
                "apart (`misses`), and allowed less.",
            ),
        ),
    ),
    Convention(
        "caching",
        Text("Hỏi lại, nén", "Asking again, compression"),
        (
            Text(
                "Câu trả lời có `ETag`: gửi lại trong `If-None-Match` thì nhận `304`, không kèm "
                "nội dung, nếu chưa có gì thay đổi. Nội dung dài được nén khi yêu cầu có "
                "`Accept-Encoding: gzip`.",
                "Answers carry an `ETag`: send it in `If-None-Match`, and while nothing changed "
                "the answer is `304` without a body. Long ones are compressed for "
                "`Accept-Encoding: gzip`.",
            ),
        ),
    ),
    Convention(
        "changes",
        Text("Thay đổi an toàn", "Safe changes"),
        (
            Text(
                "`If-Match` với `ETag` của lần đọc gần nhất giữ cho không ai ghi đè lên thay đổi "
                "của người khác: nếu đã khác, câu trả lời là `412` kèm phiên bản hiện tại.",
                "`If-Match` with the `ETag` last read keeps anybody from writing over a change of "
                "somebody else: if it differs the answer is `412` with the present version.",
            ),
            Text(
                "`Idempotency-Key` (một UUID chẳng hạn) cho phép gửi lại khi đứt mạng: cùng khóa, "
                "cùng nội dung thì nhận lại đúng câu trả lời cũ, kèm `Idempotency-Replayed: true`; "
                "cùng khóa mà khác nội dung là `409`.",
                "`Idempotency-Key` (a UUID, say) lets you send again after a broken line: the same "
                "key with the same body gives the same answer, with `Idempotency-Replayed: true`; "
                "with another body it is `409`.",
            ),
        ),
    ),
    Convention(
        "versions",
        Text("Phiên bản", "Versions"),
        (
            Text(
                "Trong `/v1` chỉ có thêm: trường mới, tham số mới, giá trị mới. Hãy bỏ qua những "
                "gì phần mềm của bạn chưa biết. Thay đổi không tương thích sẽ là `/v2`, chạy song "
                "song với `/v1` ít nhất 12 tháng.",
                "Within `/v1` things are only added: members, parameters, values. Pass over what "
                "your software does not know. What is not compatible will be `/v2`, beside `/v1` "
                "for 12 months at least.",
            ),
            Text(
                "Chức năng sắp ngừng nói trước ít nhất 180 ngày, trong từng câu trả lời: "
                "`Deprecation` (từ khi nào, RFC 9745), `Sunset` (ngừng khi nào, RFC 8594) và "
                '`Link: rel="successor-version"` (dùng gì thay). Quản trị viên thấy '
                "khóa nào còn gọi và báo cho người giữ khóa.",
                "A function that will end says so for 180 days at least, in each answer: "
                "`Deprecation` (since when, RFC 9745), `Sunset` (when it ends, RFC 8594) and "
                '`Link: rel="successor-version"` (what to use). Operators see which keys still '
                "ask, and tell their holders.",
            ),
        ),
    ),
    Convention(
        "cors",
        Text("Gọi từ trang web khác", "From other web pages"),
        (
            Text(
                "Trang ở tên miền khác gọi được API khi quản trị viên đã kê tên miền ấy trong "
                "`ADDRSVC_CORS_ORIGINS`. Cookie không bao giờ được gửi kèm: dùng khóa, hoặc chỉ "
                "dùng phần công khai. Đừng đặt khóa vào mã của một trang ai cũng mở được.",
                "Pages of another origin may ask once the operator has named it in "
                "`ADDRSVC_CORS_ORIGINS`. Cookies never come along: use a key, or public functions "
                "only. Put no key into a page that anybody may open.",
            ),
        ),
    ),
)


def list_conventions(language: Language) -> list[Told]:
    """Give the conventions in one language, ready for the page."""
    return [
        Told(
            each.anchor,
            each.title.in_(language),
            [_pieces(paragraph.in_(language)) for paragraph in each.paragraphs],
        )
        for each in CONVENTIONS
    ]


def _pieces(paragraph: str) -> list[Piece]:
    """Part a paragraph into words and code.

    >>> [each.text for each in _pieces("so `x` it is") if each.is_code]
    ['x']
    """
    parts = _CODE.split(paragraph)
    return [Piece(part, at % 2 == 1) for at, part in enumerate(parts) if part]
