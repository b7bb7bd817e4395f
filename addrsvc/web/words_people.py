"""What the pages of people signed in say, in both languages."""

from __future__ import annotations

from typing import Final

from addrsvc.auth.permissions import Role, Scope
from addrsvc.errors import Text

ROLE_NAMES: Final[dict[Role, Text]] = {
    Role.FIELD: Text("Cán bộ thực địa", "Field officer"),
    Role.SUPERVISOR: Text("Người kiểm duyệt", "Supervisor"),
    Role.REGISTRAR: Text("Cán bộ quản lý sổ địa chỉ", "Registrar"),
    Role.INTEGRATOR: Text("Đơn vị kết nối dữ liệu", "Integrator"),
    Role.PLANNER: Text("Cán bộ quy hoạch", "Planner"),
    Role.AUDITOR: Text("Người kiểm toán", "Auditor"),
    Role.ADMIN: Text("Quản trị viên", "Administrator"),
}

SCOPE_NAMES: Final[dict[Scope, Text]] = {
    Scope.ADDRESSES_READ: Text("xem danh sách và lịch sử địa chỉ", "see lists and histories"),
    Scope.ADDRESSES_WRITE: Text(
        "cấp, sửa, ngừng dùng địa chỉ", "assign, correct, retire addresses"
    ),
    Scope.ADDRESSES_OVERRIDE: Text("quyết định khác với cảnh báo", "overrule warnings"),
    Scope.ACTS_WRITE: Text("thay đổi hàng loạt địa chỉ", "acts over many addresses"),
    Scope.ADDRESSES_SECRET: Text("xem địa chỉ mật", "see secret addresses"),
    Scope.HOLDERS_READ: Text(
        "xem thông tin chủ hộ (phải nêu mục đích)", "see householders, for a stated purpose"
    ),
    Scope.HOLDERS_WRITE: Text("giải quyết yêu cầu của người dân", "answer people’s requests"),
    Scope.UNITS_WRITE: Text(
        "sửa đơn vị hành chính, đường, khu phố", "change units, streets, localities"
    ),
    Scope.PLANS_WRITE: Text("nhập và công bố quy hoạch", "import and publish plans"),
    Scope.DOSSIERS_READ: Text("xem hồ sơ và địa chỉ trong hồ sơ", "see dossiers"),
    Scope.DOSSIERS_WRITE: Text(
        "gửi hồ sơ, gắn địa chỉ cho hồ sơ", "bring dossiers in, link their addresses"
    ),
    Scope.TICKETS_WRITE: Text(
        "xem và trả lời phản ánh của người dân", "read and answer reports of citizens"
    ),
    Scope.EVENTS_READ: Text("theo dõi thay đổi", "follow changes"),
    Scope.WEBHOOKS_WRITE: Text("đăng ký nơi nhận thay đổi", "register receivers of changes"),
    Scope.ACCESS_WRITE: Text("quản lý khóa và tài khoản", "manage keys and accounts"),
    Scope.AUDIT_READ: Text("xem nhật ký kiểm toán", "read the audit log"),
    Scope.OPERATIONS_WRITE: Text("vận hành hệ thống", "operate the service"),
}

PEOPLE_WORDS: Final[dict[str, Text]] = {
    # every page
    "sign_in": Text("Đăng nhập", "Sign in"),
    "sign_out": Text("Đăng xuất", "Sign out"),
    "account": Text("Tài khoản", "Account"),
    # signing in
    "sign_in_title": Text("Đăng nhập", "Sign in"),
    "sign_in_lead": Text(
        "Dành cho cán bộ có tài khoản. Tra cứu địa chỉ không cần đăng nhập.",
        "For staff with an account. Looking up an address needs none.",
    ),
    "login_label": Text("Tên đăng nhập", "User name"),
    "password_label": Text("Mật khẩu", "Password"),
    "sign_in_button": Text("Đăng nhập", "Sign in"),
    "sign_in_help": Text(
        "Chưa có tài khoản hoặc quên mật khẩu? Hãy liên hệ quản trị viên của đơn vị.",
        "No account yet, or forgot the password? Ask the administrator of your office.",
    ),
    # one's own account
    "account_title": Text("Tài khoản của tôi", "My account"),
    "account_name": Text("Họ tên", "Name"),
    "account_roles": Text("Vai trò", "Roles"),
    "account_no_roles": Text("chưa được giao vai trò nào", "none given yet"),
    "account_scopes": Text("Được phép", "May"),
    "account_no_scopes": Text("chưa có quyền nào", "nothing yet"),
    "account_areas": Text("Địa bàn", "Areas"),
    "account_everywhere": Text("toàn bộ", "everywhere"),
    "account_no_areas": Text("chưa được giao địa bàn nào", "none given yet"),
    "must_change_title": Text("Hãy đổi mật khẩu", "Please change your password"),
    "must_change_text": Text(
        "Mật khẩu hiện tại do người khác đặt. Hãy đặt mật khẩu chỉ mình bạn biết; sau đó mới dùng "
        "được các chức năng của tài khoản.",
        "Your present password was set by somebody else. Choose one that only you know; until "
        "then the account can do nothing.",
    ),
    "password_title": Text("Đổi mật khẩu", "Change password"),
    "password_rules": Text(
        "Từ 12 ký tự trở lên. Nên ghép vài từ không liên quan thành một câu dễ nhớ. Đổi xong, các "
        "thiết bị khác sẽ bị đăng xuất.",
        "At least 12 characters. Best put some unrelated words together that are easy to "
        "remember. Other devices will be signed out.",
    ),
    "password_present": Text("Mật khẩu hiện tại", "Present password"),
    "password_new": Text("Mật khẩu mới", "New password"),
    "password_again": Text("Nhập lại mật khẩu mới", "New password again"),
    "password_button": Text("Đổi mật khẩu", "Change password"),
    "password_changed": Text(
        "Đã đổi mật khẩu. Các thiết bị khác đã bị đăng xuất.",
        "Password changed. Other devices have been signed out.",
    ),
    "sessions_title": Text("Nơi đang đăng nhập", "Where you are signed in"),
    "sessions_begun": Text("Đăng nhập lúc", "Since"),
    "sessions_used": Text("Dùng lần cuối", "Last used"),
    "sessions_this": Text("trình duyệt này", "this browser"),
    "sessions_other": Text("nơi khác", "elsewhere"),
    "sessions_where": Text("Nơi", "Where"),
    "sessions_lead": Text(
        "Phiên đăng nhập tự hết sau 8 giờ không dùng hoặc sau 24 giờ.",
        "A session ends by itself after 8 hours without use, or after 24 hours.",
    ),
    "sessions_end": Text("Đăng xuất khỏi các nơi khác", "Sign out everywhere else"),
    "sessions_ended": Text("Đã đăng xuất khỏi các nơi khác.", "Signed out everywhere else."),
}
