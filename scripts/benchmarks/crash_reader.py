"""One follower of the feed, for the crash campaign: killed at any moment, it goes on where it was.

    python crash_reader.py URL KEY FILE

Each event is a line of FILE; where the last one was cut off by a kill, it is dropped and read
again.
"""

from __future__ import annotations

import json
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

_PAUSE_S = 0.5
"""Between two pages: what a key may ask of the feed in a minute."""


def follow(base_url: str, key: str, file: Path) -> None:
    """Read the feed for ever into a file."""
    after = resume(file)
    with file.open("a", encoding="utf-8") as out:
        while True:
            request = urllib.request.Request(  # noqa: S310 -- our own http URL
                f"{base_url}/v1/events?after={after}&limit=500&wait=2",
                headers={"Authorization": f"Bearer {key}"},
            )
            try:
                with urllib.request.urlopen(request, timeout=15) as answer:  # noqa: S310 -- same
                    page = json.loads(answer.read())
            except (OSError, ValueError, urllib.error.HTTPError):
                time.sleep(0.1)
                continue
            for each in page["items"]:
                line = [each["number"], each["type"], each["subject"], each["hash"]]
                out.write(json.dumps(line) + "\n")
            out.flush()
            after = max([after, *(each["number"] for each in page["items"])])
            time.sleep(_PAUSE_S)


def resume(file: Path) -> int:
    """Drop a line cut off at the end; give the number of the last whole one, 0 where none is."""
    if not file.exists():
        return 0
    text = file.read_text(encoding="utf-8")
    whole = text[: text.rfind("\n") + 1]
    if whole != text:
        file.write_text(whole, encoding="utf-8")
    return int(json.loads(whole.splitlines()[-1])[0]) if whole else 0


if __name__ == "__main__":
    follow(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
