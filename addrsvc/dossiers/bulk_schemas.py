"""The JSON of many dossiers in one request: read one by one, and what became of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal

import orjson
from pydantic import Field
from pydantic import ValidationError as Invalid

from addrsvc.codes.code import DigitalCode
from addrsvc.dossiers.bulk import Brought
from addrsvc.dossiers.bulk_rows import STATUSES, left_out
from addrsvc.dossiers.code import CODE_LIMIT
from addrsvc.dossiers.imported import Imported, code_in
from addrsvc.dossiers.kept import KeptAddress
from addrsvc.dossiers.national import read_national
from addrsvc.dossiers.schemas import DossierIn, remarks_out
from addrsvc.errors import AddrsvcError, Language
from addrsvc.problems import body_of, from_validation
from addrsvc.registry.schemas import Closed

MAX_DOSSIERS: Final = 1_000
"""Most dossiers of one request."""


class CodedDossierIn(DossierIn):
    """A dossier as PUT takes it, with its code."""

    code: Annotated[str, Field(max_length=CODE_LIMIT, examples=["H09.12.34-240101-0001"])]


class DossierBatchIn(Closed):
    """Up to a thousand dossiers, as PUT takes each or as the national portal has its records."""

    format: Literal["dossiers", "national"] = "dossiers"
    dossiers: Annotated[
        tuple[Any, ...],
        Field(
            max_length=MAX_DOSSIERS,
            description="with format dossiers: each as PUT takes it, with its code",
            examples=[[{"code": "H09.12.34-240101-0001", "addresses": []}]],
        ),
    ] = ()
    records: Annotated[
        tuple[Any, ...],
        Field(
            max_length=MAX_DOSSIERS,
            description="with format national: MaHoSo, NgayTiepNhan…, boxes of the form beside",
        ),
    ] = ()

    def items(self) -> tuple[Any, ...]:
        """Give what was sent in the format said."""
        return self.records if self.format == "national" else self.dossiers

    def read(self, item: Any) -> Imported | AddrsvcError:
        """Read one; what is wrong with it concerns no other."""
        try:
            if self.format == "national":
                return read_national(_object(item))
            read = CodedDossierIn.model_validate(item)
            return read.to_imported(code_in(read.code))
        except Invalid as error:
            # below “body”, as the framework does it: pointers are within the item
            errors = [{**each, "loc": ("body", *each["loc"])} for each in error.errors()]
            return from_validation(errors)
        except AddrsvcError as error:
            return error


class _Record(Closed):
    """Anything that is an object."""

    model_config = Closed.model_config | {"extra": "allow"}


def _object(item: Any) -> dict[str, Any]:
    """Give a record as it is.

    Raises:
        pydantic.ValidationError: it is no object.
    """
    _Record.model_validate(item)
    found: dict[str, Any] = item
    return found


def item_out(
    read: Imported | AddrsvcError, became: Brought | AddrsvcError, language: Language
) -> bytes:
    """Give what became of one dossier as JSON."""
    remarks = [] if isinstance(read, AddrsvcError) else remarks_out(read.remarks, language)
    if isinstance(became, AddrsvcError):
        code = None if isinstance(read, AddrsvcError) else read.dossier.code.written
        problem = body_of(became, language, None)
        return orjson.dumps({"code": code, "status": "refused", "problem": problem}, default=str)
    dossier = became.dossier
    out = {
        "code": dossier.code,
        "status": became.became,
        "version": dossier.version,
        "addresses": [_address_out(each) for each in dossier.addresses],
        "remarks": remarks,
    }
    return orjson.dumps(out)


def _address_out(address: KeptAddress) -> dict[str, Any]:
    link = address.link
    return {
        "n": address.n,
        "role": address.given.role,
        "state": address.state,
        "category": address.judged.category,
        "confidence": address.judged.settlement.confidence,
        "code": None if link is None else DigitalCode.of(link.code).printed,
    }


def receipt_out(
    read: Sequence[Imported | AddrsvcError],
    became: Sequence[Brought | AddrsvcError],
    *,
    sent: str,
    answered: str,
) -> dict[str, Any]:
    """Give what a batch came to; counts add up to the number of dossiers."""
    told = ["refused" if isinstance(each, AddrsvcError) else each.became for each in became]
    counts = Counter[str](told)
    states = Counter(
        address.state.value
        for each in became
        if isinstance(each, Brought)
        for address in each.dossier.addresses
    )
    persons = Counter({"fields": 0, "texts": 0})
    for one in read:
        if isinstance(one, Imported):
            persons.update(left_out(one))
    return {
        "items": len(became),
        "counts": {status: counts[status] for status in STATUSES if counts[status]},
        "addresses": dict(sorted(states.items())),
        "left_out": dict(persons),
        "sent_sha256": sent,
        "items_sha256": answered,
    }
