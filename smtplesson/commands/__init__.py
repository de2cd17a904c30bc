"""The larger commands of `python -m smtplesson`, a module each: its options and what it does."""

import argparse
from collections.abc import Callable

#: What a command runs: it takes the options and returns the exit code.
Run = Callable[[argparse.Namespace], int]
#: What adds a command: it makes the parser of a name, what it runs, and a summary.
Add = Callable[[str, Run, str], argparse.ArgumentParser]
