"""What Schemathesis does not know by itself: how a piece of a file is sent, and what there is to ask for."""

import json
import os
import uuid
import zlib

import requests
import schemathesis
from schemathesis.transport.serialization import Binary

# Ids of what there is, by the address that takes them; what may be deleted has ids of its own.
SEEDS = json.loads(os.environ.get("QUARTILE_SEEDS", "{}"))
SESSIONS = "/auth/sessions"
TRANSFER, SHARING = "/workspaces/current/transfer", "/reports/{id}/sharing"
# Operations that were already asked about something that is there.
BEGUN = set()


@schemathesis.serializer("application/offset+octet-stream")
def piece(_context, value):
    """As the bytes that it is."""
    if isinstance(value, Binary):
        return {"data": value.data}
    return {"data": value if isinstance(value, bytes) else str(value).encode()}


@schemathesis.hook
def before_call(context, case, kwargs):
    """What was made up becomes what there is."""
    if SEEDS:
        seed_address(case)
        seed_body(case)


def seed_address(case):
    """The first id that was made up and three of four after it become ids of what there is; what is no id stays."""
    address = case.path.split("{id}")[0] + "{id}"
    method = "DELETE " if str(case.method).upper() == "DELETE" else ""
    if method and case.path == SESSIONS + "/{id}":
        # Whoever signs out everywhere ends them all, so these are looked up.
        ids = sessions()
    else:
        ids = SEEDS.get(method + case.path) or SEEDS.get(method + address)
    made_up = (case.path_parameters or {}).get("id")
    if not ids or not is_id(made_up):
        return
    if made_up == SEEDS["self"]:
        # Whoever leaves the workspace finds nothing in it any more.
        case.path_parameters["id"] = ids[0]
        return
    # The other phase takes ids from answers.
    if is_stateful(case):
        return
    if is_replaced(case, made_up):
        case.path_parameters["id"] = ids[zlib.crc32(str(made_up).encode()) // 4 % len(ids)]


def seed_body(case):
    """The same for people in bodies. Asked about what was just made, 404 for them would read as if that were gone."""
    body = case.body if isinstance(case.body, dict) else {}
    if case.path == TRANSFER:
        seed_person(case, body, "person", SEEDS["heir"])
    elif case.path == SHARING and isinstance(body.get("people"), list):
        known = member()
        for person in body["people"]:
            seed_person(case, person, "id", known)


def seed_person(case, holder, field, known):
    """The same for one of them."""
    made_up = holder.get(field) if isinstance(holder, dict) else None
    if is_id(made_up) and (is_stateful(case) or is_replaced(case, made_up)):
        holder[field] = known


def is_replaced(case, made_up):
    """Whether what is there is asked about. Few requests are made where all is slow, and each operation is to find something."""
    operation = (str(case.method), case.path)
    is_first = operation not in BEGUN and case.meta.generation.mode.is_positive
    if is_first:
        BEGUN.add(operation)
    return is_first or zlib.crc32(str(made_up).encode()) % 4 != 0


def is_stateful(case):
    """Whether the phase is the one that takes ids from answers."""
    return case.meta is None or case.meta.phase.name.value == "stateful"


def sessions():
    """The sign-ins of the person at this moment."""
    return [session["id"] for session in look_up(SESSIONS) or []]


def member():
    """Somebody else who belongs to the workspace at this moment: what is generated takes members out too."""
    first = SEEDS["/members/{id}"][0]
    there = [member["id"] for member in (look_up("/members") or {}).get("items", [])]
    others = [person for person in there if person != SEEDS["self"]]
    return first if first in there or not others else others[0]


def look_up(path):
    """What the API says to the person about that, if it says anything."""
    headers = {
        "Authorization": "Bearer " + os.environ["QUARTILE_TOKEN"],
        "Quartile-Workspace": os.environ["QUARTILE_WORKSPACE"],
    }
    answer = requests.get(os.environ["QUARTILE_API"] + path, headers=headers, timeout=60)
    return answer.json() if answer.ok else None


def is_id(value):
    """Whether it has the form of one."""
    try:
        uuid.UUID(str(value))
    except ValueError:
        return False
    return True
