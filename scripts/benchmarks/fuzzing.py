"""Fuzz the readers of texts for a while and say what came of it; ``scripts/fuzz`` runs it.

The fuzzer is atheris (Apache-2.0) over libFuzzer, guided by the branches of ``addrsvc.parsing`` and
the GeocodeJSON writer; ``fuzz_targets`` says what is tried. It has an environment of its own, in
the cache folder: the service's locked packages and atheris. Texts that reached something new are
kept in ``.data/fuzz/corpus`` for the next run, those that crash in ``.data/fuzz/crashes``.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.figures import Figure, as_table
from benchmarks.hostile import TEXTS
from benchmarks.http_rounds import repository
from benchmarks.own_environment import own_environment

PIN = "atheris==3.0.0"
_LONGEST = 2_000
_SLOW_S = 5
_SEEDS = (
    "123/45/6A Lê Hồng Phong, P. Phú Lợi, TP. Thủ Dầu Một, Bình Dương",
    "Căn hộ 25 - 06, Block B, KDC Mẫu, đường số 5, KP 3, P.01, Q.8, TPHCM",
    "so nha 12-14b hem 95 duong DX 043 to 11 khu pho 9 phuong hiep thanh tdm bd",
    "K448 H20/2 Trần Cao Vân, Đà Nẵng, SĐT 0900 000 000",
    "Thửa 602, tờ 39, ấp 3, xã Minh Tân, huyện Dầu Tiếng",
)


def main() -> None:
    """Read the arguments, fuzz, show the figures; exit with 1 after a crash."""
    parser = argparse.ArgumentParser(
        prog="scripts/fuzz",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seconds", type=int, default=600, help="how long, 600 unless told")
    seconds = parser.parse_args().seconds
    folder = repository() / ".data" / "fuzz"
    said = fuzz(environment(), folder, seconds)
    crashes = sorted((folder / "crashes").iterdir())
    print(as_table(figures(said, len(crashes))), flush=True)
    if crashes:
        print(said[said.find("Uncaught Python exception") - 5 :], *crashes, sep="\n")
        sys.exit(1)


def fuzz(python: Path, folder: Path, seconds: int) -> str:
    """Run the fuzzer; give what it said."""
    corpus, crashes = folder / "corpus", folder / "crashes"
    shutil.rmtree(crashes, ignore_errors=True)
    for each in (corpus, crashes):
        each.mkdir(parents=True, exist_ok=True)
    for seed in (*_SEEDS, *(make(300) for make in TEXTS.values())):
        data = seed.encode()
        (corpus / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
    options = [
        f"-max_total_time={seconds}",
        f"-max_len={_LONGEST}",
        f"-timeout={_SLOW_S}",
        f"-artifact_prefix={crashes}/",
        "-print_final_stats=1",
    ]
    root = repository()
    done = subprocess.run(  # noqa: S603 -- our own program
        [python, root / "scripts" / "benchmarks" / "fuzz_targets.py", *options, corpus],
        env={**os.environ, "PYTHONPATH": f"{root}:{root / 'scripts'}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0 and not any(crashes.iterdir()):
        raise RuntimeError(f"the fuzzer did not run:\n{done.stdout[-4000:]}")
    return done.stdout


def figures(said: str, crashes: int) -> list[Figure]:
    """Read the fuzzer's own counts.

    >>> said = "#9 NEW    cov: 120 ft: 300 stat::number_of_executed_units: 90 exec_per_sec: 30"
    >>> [each.value for each in figures(said, 0)]
    [90.0, 30.0, 120.0, 0]
    """
    return [
        Figure("texts tried", _last(said, r"number_of_executed_units: *(\d+)"), "texts"),
        Figure("texts per second", _last(said, r"exec_per_sec: *(\d+)"), "per s"),
        Figure("edges covered", _last(said, r"cov: (\d+)"), "edges"),
        Figure("crashes", crashes, "texts", 0, "lower"),
    ]


def _last(said: str, pattern: str) -> float:
    return float([0.0, *re.findall(pattern, said)][-1])


def environment() -> Path:
    """Give the Python of the fuzzer's environment, made where there is none."""
    lock = repository() / "requirements.lock"
    made_of = f"{PIN} {hashlib.sha256(lock.read_bytes()).hexdigest()}"
    return own_environment("fuzz", made_of, [["--require-hashes", "-r", str(lock)], [PIN]])


if __name__ == "__main__":
    main()
