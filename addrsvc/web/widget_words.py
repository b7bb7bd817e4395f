"""Sentences of the lookup widget for pages of others, in both languages."""

from __future__ import annotations

from typing import Final

from addrsvc.errors import Text

WIDGET_WORDS: Final[dict[str, Text]] = {
    "widget_title": Text("Tra cứu địa chỉ số", "Digital address lookup"),
    "widget_hint": Text(
        "Có dấu hay không dấu đều được; tên cũ cũng được.",
        "With or without accents; old names do too.",
    ),
    "widget_use": Text("Dùng địa chỉ này", "Use this address"),
    "widget_used": Text("Đã điền địa chỉ này vào trang.", "The page was given this address."),
    "widget_all_right": Text(
        "Mọi phần đã nhập đều đúng như sổ.", "All that was typed is as registered."
    ),
    "widget_bare": Text(
        "Mười chữ số không lộ chỗ gõ nhầm: hãy xem có đúng nơi này không.",
        "Ten digits do not reveal a slip: see whether this is the place.",
    ),
    "widget_map": Text("Xem bản đồ", "Show the map"),
    "widget_full": Text("Mở trang đầy đủ", "Open the full page"),
    "widget_new_tab": Text("mở trong thẻ mới", "opens in a new tab"),
    # on the page for software
    "docs_widget_title": Text("Ô tra cứu cho trang của bạn", "The lookup box in a page of yours"),
    "docs_widget_lead": Text(
        "Hai dòng sau đặt ô tra cứu vào cổng dịch vụ, trang thông tin hay ứng dụng. Ô không dùng "
        "cookie, không đăng nhập, không theo dõi ai; rộng từ 280 px.",
        "Two lines put the lookup box into a portal, a site or an app. It uses no cookie and no "
        "sign-in and follows nobody; it is 280 px wide or more.",
    ),
    "docs_widget_event": Text(
        "Trang của bạn chỉ nhận được mã và địa chỉ khi người dùng bấm “Dùng địa chỉ này”:",
        "Your page is given the code and the address only when somebody presses “Use this "
        "address”:",
    ),
    "docs_widget_text": Text(
        "Nhãn là văn bản do nhiều nơi nhập: hãy hiển thị bằng textContent, đừng chèn như HTML.",
        "The label is text that many people wrote: show it by textContent, never as HTML.",
    ),
    "docs_widget_plain": Text(
        "Không cần tập lệnh thì dùng khung; khi đó mã không được gửi cho trang:",
        "Without a script a frame does; the page is then not given the code:",
    ),
    "docs_widget_policy": Text(
        "Nếu trang có Content-Security-Policy, hãy cho phép máy chủ này trong script-src và "
        "frame-src.",
        "Where your page has a Content-Security-Policy, let it name this server in script-src "
        "and frame-src.",
    ),
}
