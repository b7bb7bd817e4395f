"""Pure: names of columns, each told from the others.

What a file wrote as names is kept beside them, to be written back as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence


def unique_names(
    written: Sequence[str], fold: Callable[[str], str] = str, taken: Sequence[str] = ()
) -> list[str]:
    """Number the names that stand twice and name the columns that have none.

    ``fold`` gives what counts as the same name; the first keeps its own, unless it is taken.

    >>> unique_names(["tên", " ", "tên", "tên (2)"])
    ['tên', 'cột 2', 'tên (3)', 'tên (2)']
    """
    wanted = [name.strip() or f"cột {at}" for at, name in enumerate(written, start=1)]
    others = {fold(name) for name in wanted}
    used = {fold(name) for name in taken}
    names: list[str] = []
    counts: dict[str, int] = {}
    for name in wanted:
        unique, number = name, counts.get(name, 1)
        while fold(unique) in used or (unique != name and fold(unique) in others):
            number += 1
            unique = f"{name} ({number})"
        counts[name] = number
        used.add(fold(unique))
        names.append(unique)
    return names
