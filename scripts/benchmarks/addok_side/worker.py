"""Runs inside addok's own environment: ``worker.py import FILE`` or ``worker.py ask FILE LIMIT``.

``ask`` reads the queries once, then answers each line of its input with one pass over them: a line
of JSON with the seconds each query took and the code it found first.
"""

from __future__ import annotations

import json
import sys
import time
from importlib import import_module
from itertools import islice
from pathlib import Path

_CHUNK = 1000


def main() -> None:
    """Do as told; addok's own words go to the error channel."""
    out, sys.stdout = sys.stdout, sys.stderr
    config = import_module("addok.config").config
    config.load()
    config.INDEX_EDGE_NGRAMS = False  # the queries are whole: nothing is completed
    what, path, *more = sys.argv[1:]
    if what == "import":
        process = import_module("addok.batch").process_documents
        with Path(path).open(encoding="utf-8") as file:
            while lines := list(islice(file, _CHUNK)):
                process(*lines)
        return
    search = import_module("addok.core").search
    queries = json.loads(Path(path).read_text(encoding="utf-8"))
    limit = int(more[0])
    for _ in sys.stdin:
        seconds, codes = [], []
        for query in queries:
            begun = time.perf_counter()
            found = search(query, limit=limit, autocomplete=False)
            seconds.append(time.perf_counter() - begun)
            best = found[0] if found else None
            codes.append(best.code if best is not None and best.housenumber else None)
        out.write(json.dumps({"seconds": seconds, "codes": codes}) + "\n")
        out.flush()


main()
