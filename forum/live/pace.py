"""How fast a browser may talk on its live socket."""

MESSAGES, WITHIN = 20, 10.0  # a burst of 20, then two a second


class Allowance:
    """A token bucket: full at the start, refilled evenly."""

    def __init__(self, now: float) -> None:
        self.left, self.as_of = float(MESSAGES), now

    def take(self, now: float) -> bool:
        """Use one message of the allowance; False when it is used up."""
        refill = (now - self.as_of) * MESSAGES / WITHIN
        self.left, self.as_of = min(MESSAGES, self.left + refill), now
        if self.left < 1:
            return False
        self.left -= 1
        return True
