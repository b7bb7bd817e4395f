"""``serve --tls``: the certificate of a trial, and what is to be done on a phone."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from addrsvc.cli.local_certificate import LocalCertificate, ensure, names_of_machine
from addrsvc.cli.web_server import local_url
from addrsvc.clock import SystemClock
from addrsvc.db.cluster_errors import DataDirUnusable
from addrsvc.errors import Text

_AUTHORITY: Final = "ADDRSVC_LOCAL_CA_FILE"
_FOR_PHONES: Final = "/field/ca.crt"


def make_certificate(data_dir: Path, host: str) -> LocalCertificate:
    """Have a certificate for this machine in the data folder, and let phones fetch its authority.

    Raises:
        DataDirUnusable: it cannot be written there.
    """
    folder = data_dir / "tls"
    try:
        made = ensure(folder, names_of_machine(host), SystemClock().now())
    except OSError as error:
        raise DataDirUnusable(
            path=str(folder), user=str(os.geteuid()), reason=error.strerror or str(error)
        ) from error
    os.environ[_AUTHORITY] = str(made.authority)  # for the processes we start
    return made


def tell(made: LocalCertificate, host: str, port: int, say: Callable[[Text], None]) -> None:
    """Say what a phone needs so that its browser trusts this trial."""
    base = local_url(names_of_machine(host)[0], port, "https")
    if "127.0.0.1" in base:
        say(
            Text(
                "chỉ máy này vào được; để điện thoại cùng mạng vào được, hãy chạy với "
                "--host 0.0.0.0",
                "only this machine reaches it; for phones in its network run with --host 0.0.0.0",
            )
        )
    say(
        Text(
            f"chứng thư tự tạo để thử, không dùng thật. Trên điện thoại, một lần: mở "
            f"{base}{_FOR_PHONES}, bỏ qua cảnh báo để tải tệp (hoặc chép tệp {made.authority}), "
            "rồi vào Cài đặt > Bảo mật > Cài đặt chứng chỉ > Chứng chỉ CA. Trước khi cài, đối "
            f"chiếu SHA-256: {made.fingerprint()}. Sau đó mở {base}/field. Thử xong, gỡ chứng chỉ "
            "khỏi điện thoại",
            f"a certificate of our own making, for trials only. On a phone, once: open "
            f"{base}{_FOR_PHONES}, pass the warning to download the file (or copy "
            f"{made.authority}), then Settings > Security > Install a certificate > CA "
            f"certificate. Compare its SHA-256 before: {made.fingerprint()}. Then open "
            f"{base}/field. Remove the certificate from the phone when the trial is over",
        )
    )
