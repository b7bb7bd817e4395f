"""Run the web server beside us."""

from __future__ import annotations

import errno
import socket
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping

from addrsvc.cli.child import Child
from addrsvc.cli.local_certificate import LocalCertificate
from addrsvc.cli.serve_errors import AddressUnusable, NotReady, PortBusy, WebServerEnded

_POLL_S = 0.05
_READY_S = 120.0


def _itself(tls: LocalCertificate | None) -> urllib.request.OpenerDirector:
    """Give what asks this machine: a proxy of the environment is for the way to the outside."""
    handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
    if tls is not None:
        handlers.append(urllib.request.HTTPSHandler(context=tls.trusting()))
    return urllib.request.build_opener(*handlers)


def require_free(host: str, port: int) -> None:
    """Make sure we can listen there, before any slow work.

    Raises:
        PortBusy: another program does.
        AddressUnusable: the address is not this machine's, or the port not ours to use.
    """
    try:
        family, *_, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            other_port = port + 1 if port < 65535 else port - 1
            raise PortBusy(host=host, port=port, other_port=other_port) from None
        raise AddressUnusable(host=host, port=port, reason=error.strerror or "?") from None


def local_url(host: str, port: int, scheme: str = "http") -> str:
    """Give the URL under which this machine reaches a server listening there."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104 -- read, not bound
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def free_port() -> int:
    """Find a port of this machine nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class WebServer:
    """uvicorn with the service in it.

    ``output`` is where its log goes, as ``subprocess`` names it; None means where ours goes.
    ``factory`` makes the app: another than the service's own is for measuring. ``tls``: what it
    shows over https; None: it speaks http.
    """

    def __init__(
        self,
        host: str,
        port: int,
        workers: int,
        environment: Mapping[str, str],
        *,
        trusted_proxies: str,
        output: int | None = None,
        factory: str = "addrsvc.server:app_from_environment",
        tls: LocalCertificate | None = None,
    ) -> None:
        self.url = local_url(host, port, "http" if tls is None else "https")
        self._tls = tls
        options: dict[str, str | int] = {
            "host": host,
            "port": port,
            "workers": workers,
            "loop": "uvloop",
            "http": "addrsvc.edge.protocol:PatientHttp",
            "timeout-graceful-shutdown": 10,
            "forwarded-allow-ips": trusted_proxies,
            "log-level": "warning",
        }
        if tls is not None:
            options |= {"ssl-certfile": str(tls.certificate), "ssl-keyfile": str(tls.key)}
        command = [
            sys.executable,
            "-P",
            "-m",
            "uvicorn",
            "--factory",
            factory,
        ]
        command += [f"--{name}={value}" for name, value in options.items()]
        command += ["--no-access-log", "--no-server-header"]  # the service logs requests itself
        # Several processes count; /metrics sums what each leaves in here.
        self._metrics = tempfile.TemporaryDirectory(prefix="addrsvc-metrics-")
        counted = {"PROMETHEUS_MULTIPROC_DIR": self._metrics.name} if workers > 1 else {}
        self._child = Child(
            command, {**environment, **counted, "ADDRSVC_WORKERS": str(workers)}, output
        )

    def is_alive(self) -> bool:
        """Tell whether the server's main process still runs."""
        return self._child.is_alive()

    def require_alive(self) -> None:
        """Make sure it runs.

        Raises:
            WebServerEnded: it does not.
        """
        if not self.is_alive():
            raise WebServerEnded(exit_code=self._child.exit_code())

    def wait_ready(self) -> None:
        """Wait until ``/readyz`` says yes.

        Raises:
            WebServerEnded: it ended instead.
            NotReady: it said no for two minutes.
        """
        began = time.monotonic()
        answer = "—"
        itself = _itself(self._tls)
        while time.monotonic() - began < _READY_S:
            self.require_alive()
            try:
                with itself.open(f"{self.url}/readyz", timeout=5):
                    return
            except urllib.error.HTTPError as error:
                answer = error.read(2000).decode(errors="replace")
            except OSError:
                pass
            time.sleep(_POLL_S)
        raise NotReady(waited_s=_READY_S, answer=answer)

    def stop(self, in_hurry: Callable[[], bool]) -> None:
        """Let running requests finish, at most 20 s and no longer than nobody is in a hurry."""
        self._child.stop(in_hurry)
        self._metrics.cleanup()
