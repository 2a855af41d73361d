"""Text that markdown shows as it is."""

from __future__ import annotations


def escaped(text: str) -> str:
    """Write text so that markdown shows it as it is, markup and all."""
    return "".join(
        f"\\{letter}" if letter in "\\`*_{}[]<>()#+-.!|&~^$:@'\"" else letter
        for letter in " ".join(text.split())
    )
