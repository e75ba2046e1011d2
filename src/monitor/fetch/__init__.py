"""Everything that leaves this machine by HTTP, through one guarded client.

    client.py   ask for a document, post a message: deadlines, redirects, validators, what an answer means
    robots.py   what robots.txt allows
    hosts.py    whose turn it is: places and pauses per host, places in all
    guard.py    which addresses may be asked and connected to
    wire.py     one connection for one request, directly or through a proxy
    body.py     what came, unpacked, up to a size

No other module of Monitor opens an HTTP connection.
"""
