"""What may go wrong when people sign in, and when their accounts are kept."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    Text,
    TooMany,
    Unauthenticated,
    Unavailable,
)


@dataclass(eq=False)
class SignInRefused(Unauthenticated):
    """Login or password is wrong, or the account is closed; which, is not told."""

    slug = "sign-in-refused"
    title = Text("Chưa đăng nhập được", "Not signed in")
    message = Text(
        "Tên đăng nhập hoặc mật khẩu không đúng. Hãy kiểm tra phím Caps Lock và bộ gõ tiếng Việt "
        "rồi nhập lại; nếu quên mật khẩu, hãy nhờ quản trị viên đặt lại.",
        "User name or password is wrong. Check Caps Lock and the keyboard’s language and try "
        "again; if you forgot the password, ask an administrator to set a new one.",
    )


@dataclass(eq=False)
class SignInHeld(TooMany):
    """Too many failed sign-ins: nobody's password is looked at for a while."""

    slug = "sign-in-held"
    title = Text("Tạm dừng đăng nhập", "Sign-in on hold")
    message = Text(
        "Đã nhập sai nhiều lần. Hãy đợi {wait_min} phút rồi thử lại; nếu quên mật khẩu, hãy nhờ "
        "quản trị viên đặt lại.",
        "There were many failed attempts. Wait {wait_min} min and try again; if you forgot the "
        "password, ask an administrator to set a new one.",
    )
    retry_after_s: int
    wait_min: int


@dataclass(eq=False)
class PasswordsBusy(Unavailable):
    """More passwords wait to be checked than there is memory and time for."""

    slug = "passwords-busy"
    title = Text("Đang có nhiều người đăng nhập", "Many people are signing in")
    message = Text(
        "Máy chủ đang bận kiểm tra mật khẩu. Hãy thử lại sau vài giây.",
        "The server is busy checking passwords. Try again in a few seconds.",
    )


@dataclass(eq=False)
class RequestForged(Forbidden):
    """A change asked for with a session's cookie, but not from a page of this service."""

    slug = "request-forged"
    title = Text("Yêu cầu không đến từ trang này", "Not asked from this site")
    message = Text(
        "Yêu cầu thay đổi không được gửi từ trang của hệ thống này, hoặc phiên đăng nhập đã đổi. "
        "Hãy tải lại trang rồi làm lại. Phần mềm dùng khóa API thay cho phiên đăng nhập, hoặc gửi "
        "kèm tiêu đề X-CSRF-Token. Nếu lỗi vẫn còn, quản trị viên cần đặt ADDRSVC_PUBLIC_URL đúng "
        "địa chỉ của trang.",
        "This change was not asked for from a page of this service, or the session has changed. "
        "Reload the page and do it again. Software uses an API key instead of a session, or sends "
        "the header X-CSRF-Token. If it stays so, the administrator has to set "
        "ADDRSVC_PUBLIC_URL to the address of the site.",
    )


@dataclass(eq=False)
class FormUnreadable(InvalidInput):
    """What was sent is no form as browsers send it."""

    slug = "form-unreadable"
    title = Text("Không đọc được biểu mẫu", "Form cannot be read")
    message = Text(
        "Nội dung gửi lên không phải biểu mẫu của trang này. Hãy tải lại trang rồi làm lại.",
        "What was sent is no form of this site. Reload the page and do it again.",
    )


@dataclass(eq=False)
class PasswordWeak(InvalidInput):
    """A new password is too easy to guess."""

    slug = "password-weak"
    title = Text("Mật khẩu chưa đủ an toàn", "Password too weak")
    message = Text(
        "{reason_vi} Nên ghép vài từ không liên quan thành một câu dễ nhớ; không cần ký tự đặc "
        "biệt.",
        "{reason_en} Best put some unrelated words together that are easy to remember; special "
        "characters are not needed.",
    )
    reason_vi: str
    reason_en: str


@dataclass(eq=False)
class PasswordWrong(InvalidInput):
    """The present password, asked for before a change, is wrong."""

    slug = "password-wrong"
    title = Text("Mật khẩu hiện tại không đúng", "Present password wrong")
    message = Text(
        "Mật khẩu hiện tại không đúng nên chưa đổi gì. Hãy nhập lại.",
        "The present password is wrong, so nothing was changed. Type it again.",
    )


@dataclass(eq=False)
class PasswordsDiffer(InvalidInput):
    """A new password was typed in two ways."""

    slug = "passwords-differ"
    title = Text("Hai lần nhập mật khẩu không giống nhau", "The two passwords differ")
    message = Text(
        "Mật khẩu mới nhập hai lần không giống nhau nên chưa đổi gì. Hãy nhập lại.",
        "The new password was typed in two different ways, so nothing was changed. Type it again.",
    )


@dataclass(eq=False)
class LoginInvalid(InvalidInput):
    """A login with other characters than logins have."""

    slug = "login-invalid"
    title = Text("Tên đăng nhập không hợp lệ", "Invalid user name")
    message = Text(
        "Tên đăng nhập gồm 2 đến 64 chữ cái không dấu, chữ số và các dấu . _ @ -, bắt đầu bằng chữ "
        "cái hoặc chữ số.",
        "A user name has 2 to 64 letters without accents, digits and . _ @ -, and begins with a "
        "letter or digit.",
    )


@dataclass(eq=False)
class AccountExists(Conflict):
    """The login is taken."""

    slug = "account-exists"
    title = Text("Tên đăng nhập đã có người dùng", "User name taken")
    message = Text(
        "Đã có tài khoản mang tên đăng nhập “{login}”. Hãy chọn tên khác.",
        "There is an account with the user name “{login}” already. Choose another.",
    )
    login: str


@dataclass(eq=False)
class AccountUnknown(NotFound):
    """No account with that login, for those who manage accounts."""

    slug = "account-unknown"
    title = Text("Không có tài khoản này", "No such account")
    message = Text(
        "Không có tài khoản “{login}”. Xem danh sách bằng: addrsvc accounts list.",
        "There is no account “{login}”. List them with: addrsvc accounts list.",
    )
    login: str


@dataclass(eq=False)
class IssuerUnknown(NotFound):
    """No identity provider of that name is set up."""

    slug = "issuer-unknown"
    title = Text("Không có nhà cung cấp danh tính này", "No such identity provider")
    message = Text(
        "Không có nhà cung cấp danh tính “{issuer}” trong ADDRSVC_OIDC_ISSUERS. Hãy kiểm tra lại "
        "tên, hoặc khai báo nhà cung cấp đó trước.",
        "There is no identity provider “{issuer}” in ADDRSVC_OIDC_ISSUERS. Check the name, or set "
        "the provider up first.",
    )
    issuer: str


@dataclass(eq=False)
class GrantUnknown(NotFound):
    """Nothing was granted to that person."""

    slug = "grant-unknown"
    title = Text("Người này chưa được cấp quyền", "Nothing granted to this person")
    message = Text(
        "Chưa có quyền nào được cấp cho “{subject}” của “{issuer}”. "
        "Xem danh sách bằng: addrsvc accounts list-oidc.",
        "Nothing is granted to “{subject}” of “{issuer}”. "
        "List grants with: addrsvc accounts list-oidc.",
    )
    issuer: str
    subject: str


@dataclass(eq=False)
class SubjectInvalid(InvalidInput):
    """A subject no identity provider could have given."""

    slug = "subject-invalid"
    title = Text("Mã người dùng không hợp lệ", "Invalid subject")
    message = Text(
        "Mã người dùng (sub) gồm 1 đến 255 ký tự ASCII, không có dấu cách; hãy chép đúng giá trị "
        "“sub” trong mã đăng nhập.",
        "A subject (sub) is 1 to 255 ASCII characters without spaces; copy the value of “sub” "
        "from the person’s token.",
    )
