"""The book: its layout, template, validation, recalculation, market data and reports."""
