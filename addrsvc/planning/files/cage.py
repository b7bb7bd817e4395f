"""What a process that reads files of strangers may do: little memory and time, no network.

The kernel holds it, whatever a library is talked into: no sockets, no other programs, no hands on
other processes (seccomp); caps on memory, processor time and what is written; the end with its
parent.

Source: prctl(2), seccomp(2), setrlimit(2); numbers of system calls as in the kernel's tables.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import signal
import struct
from typing import Final

MAX_WRITTEN_BYTES: Final = 2 * 2**30
"""Of one file."""
_NICE: Final = 10

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_SECCOMP: Final = 22
_PR_SET_NO_NEW_PRIVS: Final = 38
_FILTER_MODE: Final = 2

_LOAD, _EQUAL, _AT_LEAST, _ANSWER = 0x20, 0x15, 0x35, 0x06
_ALLOW: Final = 0x7FFF0000
_REFUSE: Final = 0x00050000 | 13  # EACCES
_FOREIGN_CALLS: Final = 0x40000000  # x32: the same calls under other numbers

_CALLS: Final = {
    # audit number; socket, connect, socketpair, execve, execveat, ptrace, process_vm_readv,
    # process_vm_writev, kill, io_uring_setup (opens sockets without the call)
    "x86_64": (0xC000003E, (41, 42, 53, 59, 322, 101, 310, 311, 62, 425)),
    "aarch64": (0xC00000B7, (198, 203, 199, 221, 281, 117, 270, 271, 129, 425)),
}


def shut(*, memory_bytes: int, cpu_seconds: int, parent: int) -> None:
    """Shut this process in, for good; it ends at once when its parent is gone already."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
    os.nice(_NICE)
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, MAX_WRITTEN_BYTES),
        (resource.RLIMIT_AS, memory_bytes),
    ):
        resource.setrlimit(what, (most, most))
    _refuse_calls(libc)


def _refuse_calls(libc: ctypes.CDLL) -> None:
    """Refuse calls for good; on machines of another make, do without."""
    known = _CALLS.get(platform.machine())
    if known is None:
        return
    program = _program(*known)
    held = ctypes.create_string_buffer(program, len(program))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    given = Program(len(program) // 8, ctypes.addressof(held))
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.prctl(_PR_SET_SECCOMP, _FILTER_MODE, ctypes.byref(given), 0, 0)


def _program(audit: int, calls: tuple[int, ...]) -> bytes:
    """Write the filter: (code, jump if so, jump if not, value) an instruction."""
    number = len(calls)
    steps = [
        (_LOAD, 0, 0, 4),
        (_EQUAL, 0, number + 3, audit),
        (_LOAD, 0, 0, 0),
        (_AT_LEAST, number + 1, 0, _FOREIGN_CALLS),
        *((_EQUAL, number - at, 0, call) for at, call in enumerate(calls)),
        (_ANSWER, 0, 0, _ALLOW),
        (_ANSWER, 0, 0, _REFUSE),
    ]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)
