"""`monitor demo`: the whole of Monitor on bundled sample news, offline, ending by itself.

What belongs here: sample outlets on loopback (`outlets`, `press`, `server`), a receiver that checks signatures
(`receiver`), a configuration for both (`setup`), and the screen that says what happened (`screen`). What does not: anything
that Monitor does; the demonstration runs the daemon as everybody else does.
"""

import sys


def run(verbosity: int = 0) -> int:
    """Run the demonstration and print what happened to stdout; the daemon's own log goes to stderr.

    Returns 0 if everything went as it must, else 1. Raises MonitorError if the daemon cannot start.
    """
    from monitor import log
    from monitor.demo.play import play

    log.configure(verbosity=verbosity)
    return play(sys.stdout)
