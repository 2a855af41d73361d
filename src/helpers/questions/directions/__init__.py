"""Which way the markers go, who reports it, and against what."""
