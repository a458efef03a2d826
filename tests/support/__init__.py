"""What the tests share: makers of books, drivers of real programs, strategies and oracles."""
