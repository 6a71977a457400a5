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


@schemathesis.serializer("application/offset+octet-stream")
def piece(_context, value):
    """As the bytes that it is."""
    if isinstance(value, Binary):
        return {"data": value.data}
    return {"data": value if isinstance(value, bytes) else str(value).encode()}


@schemathesis.hook
def before_call(context, case, kwargs):
    """Three of four ids that were made up become ids of what there is; what is no id stays."""
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
    if case.meta is None or case.meta.phase.name.value == "stateful":
        return
    number = zlib.crc32(str(made_up).encode())
    if number % 4:
        case.path_parameters["id"] = ids[number // 4 % len(ids)]


def sessions():
    """The sign-ins of the person at this moment; none for a stranger."""
    if not SEEDS:
        return []
    headers = {"Authorization": "Bearer " + os.environ["QUARTILE_TOKEN"]}
    answer = requests.get(os.environ["QUARTILE_API"] + SESSIONS, headers=headers, timeout=60)
    return [session["id"] for session in answer.json()] if answer.ok else []


def is_id(value):
    """Whether it has the form of one."""
    try:
        uuid.UUID(str(value))
    except ValueError:
        return False
    return True
