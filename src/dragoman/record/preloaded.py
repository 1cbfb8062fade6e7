"""What the server of worker processes imports (record/pools.py): importing it loads the coder that they will share.

It is imported by that server alone, for the server takes the name of a module and nothing else.
"""

from __future__ import annotations

from dragoman.record.pools import preload_coder

preload_coder()
