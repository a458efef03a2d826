"""The native edition: the book's formulas with every call of ours written in built-in functions."""
