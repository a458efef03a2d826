"""A saved plan book, read through the layout."""
