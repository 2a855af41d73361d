"""What a figure is drawn from: rows that another function made."""

from __future__ import annotations

from collections.abc import Collection


def check_made(columns: Collection[str], maker: str, *needed: str) -> None:
    """Raise ValueError if rows have not the columns that a figure draws, and name the function that makes them."""
    missing = [name for name in needed if name not in columns]
    if missing:
        several = "s" * (len(missing) > 1)
        raise ValueError(
            f"these rows cannot be drawn: they have no column{several} {', '.join(missing)}; make them with {maker}"
        )
