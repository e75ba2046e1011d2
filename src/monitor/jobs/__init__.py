"""Where jobs run: in this process (local.py)."""
