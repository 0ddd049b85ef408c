"""What a job waits for before it may call a channel: our own limits, as opposed to the shop's."""

#: Codes of :class:`core.errors.RateLimited` that are ours: they open no breaker.
OWN_LIMITS = ("budget", "stopped")
#: A job that waited less than this in place has no line of its own in the log (seconds).
WORTH_A_LINE = 0.5


class Budget:
    """What one job takes from its backend's rate budget, and how long it waited for it.

    :param gate: the backend's ``channel.gate``
    :param reference: what the job is about, for the log
    :param urgent: may spend what is kept from others
    """

    def __init__(self, gate, reference, urgent):
        self.gate, self.reference, self.urgent = gate, reference, urgent
        self.waited = 0.0

    def spend(self):
        """Take one request, see :meth:`models.channel_gate.ChannelGate.spend`."""
        self.waited += self.gate.spend(self.urgent)

    def write_down(self):
        """Waits in place are no errors: they are kept where every exchange is."""
        if self.waited >= WORTH_A_LINE and self.gate.backend_id.log_mode == "all":
            self.gate.log_wait("budget", self.reference, self.waited)
