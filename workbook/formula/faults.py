"""Why a formula can't be evaluated."""


class Unwritable(Exception):
    """A formula that can't be written plainly; the text says why."""
