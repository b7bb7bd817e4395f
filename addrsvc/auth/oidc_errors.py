"""What may go wrong with tokens of identity providers."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import Text, Unauthenticated, Unavailable


@dataclass(eq=False)
class TokenRefused(Unauthenticated):
    """A token of an identity provider is no good; what is wrong with it, is not told."""

    slug = "token-refused"
    title = Text("Mã đăng nhập không được chấp nhận", "Token refused")
    message = Text(
        "Mã đăng nhập (token) không đúng, đã hết hạn hoặc không dành cho hệ thống này. Hãy đăng "
        "nhập lại ở nhà cung cấp danh tính rồi gửi mã mới.",
        "The token is wrong, expired or not made out to this service. Sign in again at your "
        "identity provider and send a new one.",
    )


@dataclass(eq=False)
class IssuerAway(Unavailable):
    """Keys of an identity provider are not known, and it does not give them."""

    slug = "issuer-away"
    title = Text("Nhà cung cấp danh tính không trả lời", "Identity provider does not answer")
    message = Text(
        "Chưa kiểm tra được mã đăng nhập vì nhà cung cấp danh tính “{issuer}” không trả lời. Hãy "
        "thử lại sau ít phút; khóa API và tài khoản tại chỗ vẫn dùng được.",
        "The token cannot be checked, since the identity provider “{issuer}” does not answer. Try "
        "again in a few minutes; API keys and local accounts go on working.",
    )
    issuer: str
