"""Pure: names of columns, each told from the others.

What a file wrote as names is kept beside them, to be written back as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from addrsvc.parsing.normalise import name_key


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


def header_key(header: str) -> str:
    """Give what headers are compared by: no accents, case, signs or spaces.

    >>> header_key(" Ngày_tiếp nhận (*)"), header_key("NgayTiepNhan")
    ('ngaytiepnhan', 'ngaytiepnhan')
    """
    return name_key(header).replace(" ", "")


def guess_columns(
    columns: Sequence[str],
    guesses: Mapping[str, Sequence[str]],
    given: Mapping[str, int],
    but: Collection[str] = (),
) -> dict[str, int]:
    """Find by their headers the columns of what was not given: no column is two things.

    Args:
        columns: headers, in order.
        guesses: what a column may be → headers as compared; the first that fits wins.
        given: what is settled → place of its column.
        but: not to be guessed.

    >>> guess_columns(["X", "Mã số", "Địa chỉ"], {"code": ["ma", "maso"], "lon": ["x"]}, {"lon": 2})
    {'lon': 2, 'code': 1}
    """
    keys = list(map(header_key, columns))
    at = dict(given)
    for name, headers in guesses.items():
        if name in but or name in at:
            continue
        taken = set(at.values())
        free = {key: index for index, key in reversed(list(enumerate(keys))) if index not in taken}
        index = next((free[header] for header in headers if header in free), None)
        if index is not None:
            at[name] = index
    return at
