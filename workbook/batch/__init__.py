"""Recalculation of many books, and the reports of a run."""
