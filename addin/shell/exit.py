"""What the command line's exit codes mean; docs/batch.md has the same list."""

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes of every command."""

    DONE = 0  # all was done, and everything is sound
    FAULTY = 1  # a book or value was refused, failed or has findings, or something could not be had
    USAGE = 2  # the command itself was wrong, and nothing was begun
    MISSING = 3  # a file or folder that was named is not there
    INTERRUPTED = 130  # stopped with Ctrl-C
