"""The spreadsheet programs that microhedge can be installed into."""
