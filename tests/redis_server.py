"""A Redis of a test's own: no persistence, gone afterwards."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import time

from addrsvc.cli.web_server import free_port


class RedisServer:
    """``redis-server`` on a free port, to be killed, frozen and begun again at the same place."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = shutil.which("redis-server")
        if command is None:
            raise FileNotFoundError("redis-server: install the Debian package redis-server")
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", "/tmp"]  # noqa: S108
        self._process = subprocess.Popen(  # noqa: S603 -- an argument list of our own, no shell
            [command, *options, "--appendonly", "no"],
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 20
        while not self._answers():
            if time.monotonic() > deadline:
                raise TimeoutError("redis-server does not answer")
            time.sleep(0.02)

    def send(self, number: signal.Signals) -> None:
        """Freeze it or let it go on."""
        if self._process is not None:
            self._process.send_signal(number)

    def kill(self) -> None:
        """End it as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as conn:
                conn.sendall(b"PING\r\n")
                return conn.recv(16).startswith(b"+PONG")
        except OSError:
            return False
