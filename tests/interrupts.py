"""What a test does that types Ctrl-C into another program."""

import signal


def heed_interrupts() -> None:
    """For a process that is about to be another program: background jobs of shells inherit that they ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
