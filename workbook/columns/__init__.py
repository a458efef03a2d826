"""Tall sheets as columns of numbers: rows that are equal but for their number and values are read as one."""
