"""The programs that compute formulas, behind one interface."""
