"""The larger commands of `python -m smtplesson`, a module each: its options and what it does."""
