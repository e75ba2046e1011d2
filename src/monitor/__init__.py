"""Monitor: watches news feeds and sites for words, and tells about each story once."""
