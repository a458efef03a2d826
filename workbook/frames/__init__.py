"""Plan books and runs over books as pandas has them: Series, frames, one row per book."""
