"""Names of books as links: relative to the page where book and page share a root, plain text otherwise."""

from workbook.report.book_row import BookRow
from workbook.report.markup import Markup, file_link, tag

LONG = 22  # letters, after which the whole name is the title


def book_link(row: BookRow) -> Markup:
    """The name of a book, as a link if it can be reached from the page."""
    full = row.name if len(row.name) > LONG else None
    if row.link is None:
        return tag("span", row.name, title=full)
    return tag("a", row.name, href=file_link(row.link), title=full)
