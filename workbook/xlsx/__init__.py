"""The saved file: its package, its parts, its sheets, read with limits and written part for part."""
