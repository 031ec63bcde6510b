"""The channel layer of an installation that is one process."""

import time

from channels.layers import InMemoryChannelLayer

LOOKS_EVERY = 1.0  # seconds


class InThisProcess(InMemoryChannelLayer):
    """Channels' own looks through all sockets and groups for what has expired at each frame it hands on.

    A frame to a thousand sockets is a thousand looks at a thousand: seconds, in which the process does
    nothing else. Looking once a second is enough, since what expires is a minute old.
    """

    looked_at = float("-inf")

    def _clean_expired(self) -> None:
        now = time.monotonic()
        if now - self.looked_at >= LOOKS_EVERY:
            self.looked_at = now
            super()._clean_expired()
