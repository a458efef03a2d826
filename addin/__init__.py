"""The hosts: Excel, LibreOffice, xlwings Lite and the command line."""
