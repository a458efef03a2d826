"""The report of a run as one page for a browser: records first, then markup; no network."""
