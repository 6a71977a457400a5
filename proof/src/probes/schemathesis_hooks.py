"""What Schemathesis does not know by itself: how a piece of a file is sent."""

import schemathesis
from schemathesis.transport.serialization import Binary


@schemathesis.serializer("application/offset+octet-stream")
def piece(_context, value):
    """As the bytes that it is."""
    if isinstance(value, Binary):
        return {"data": value.data}
    return {"data": value if isinstance(value, bytes) else str(value).encode()}
