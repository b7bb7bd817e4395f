"""The JSON of proposals; addresses are named to who may see them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from addrsvc.codes.code import TEXT_LIMIT, DigitalCode
from addrsvc.dossiers.model import ROLE_NAMES, AddressRole
from addrsvc.dossiers.proposals.accepting import AcceptedAll
from addrsvc.dossiers.proposals.model import (
    LEFT_NAMES,
    STATE_NAMES,
    WHY_NAMES,
    Proposal,
)
from addrsvc.dossiers.proposals.service import Wanted
from addrsvc.errors import Language
from addrsvc.registry.label import address_line
from addrsvc.registry.model import Address
from addrsvc.registry.schemas import Closed

Number = Annotated[int | None, Field(ge=1, lt=2**62)]


class AcceptIn(Closed):
    """What is linked instead; left out: the only candidate, or nothing where the link stays."""

    code: Annotated[
        str | None, Field(min_length=1, max_length=TEXT_LIMIT, examples=["75123-04827-7"])
    ] = None


class AcceptAllIn(Closed):
    """Of what all proposals are accepted: exactly one of act, event, address and plan."""

    act: Number = None
    event: Number = None
    address: Annotated[str | None, Field(min_length=1, max_length=TEXT_LIMIT)] = None
    plan: Number = None
    commune: Annotated[str | None, Field(pattern=r"^[0-9]{5}$")] = None
    """Only dossiers that lie, or may lie, there."""
    after: Annotated[int, Field(ge=0, lt=2**62)] = 0
    """``next`` of the chunk before."""

    def to_wanted(self) -> Wanted:
        """Give the value object."""
        return Wanted(
            act=self.act,
            event=self.event,
            address=self.address,
            plan=self.plan,
            commune=self.commune,
        )


def proposal_out(proposal: Proposal, language: Language) -> dict[str, Any]:
    """Give a proposal with what happened and what may be linked instead by now."""
    address = proposal.address
    return {
        "id": proposal.proposal_id,
        "dossier": proposal.dossier,
        "n": proposal.n,
        "role": proposal.role,
        "role_name": ROLE_NAMES[AddressRole(proposal.role)].in_(language),
        "why": proposal.why,
        "why_name": WHY_NAMES[proposal.why].in_(language),
        "event": proposal.event_number,
        "act": proposal.act_id,
        "plan": proposal.plan_id,
        "address": None if address is None else _address_out(address),
        "candidates": [_address_out(each) for each in proposal.candidates],
        "state": proposal.state,
        "state_name": STATE_NAMES[proposal.state].in_(language),
        "chosen": None if proposal.chosen is None else DigitalCode.of(proposal.chosen).printed,
        "created_at": proposal.created_at,
        "decided_by": proposal.decided_by,
        "decided_at": proposal.decided_at,
    }


def accepted_out(done: AcceptedAll, language: Language) -> dict[str, Any]:
    """Give what a chunk came to, and what is left for a person."""
    return {
        "accepted": done.accepted,
        "overtaken": done.overtaken,
        "left": [
            {"why": why, "message": LEFT_NAMES[why].in_(language), "count": count}
            for why, count in sorted(done.left.items())
        ],
        "next": done.next,
    }


def _address_out(address: Address) -> dict[str, Any]:
    components = address.document.components
    return {
        "code": None if address.code is None else DigitalCode.of(address.code).printed,
        "label": address_line(components, address.commune_name, address.province_name),
        "status": address.status,
        "commune": address.commune_code,
    }
