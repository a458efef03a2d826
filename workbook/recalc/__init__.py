"""Recalculation of one saved book."""
