"""`monitor demo`: the whole of Monitor on bundled sample news, offline, ending by itself.

What belongs here: sample outlets on loopback (`outlets`, `press`, `server`), a receiver that checks signatures
(`receiver`), a configuration for both (`setup`), and the screen that says what happened (`screen`). What does not: anything
that Monitor does; the demonstration runs the daemon as everybody else does.
"""
