"""What holds for every test."""

from __future__ import annotations

import os

from hypothesis import settings

# The same examples on every run: what fails, fails for everybody. HYPOTHESIS_PROFILE=search looks further.
settings.register_profile("house", derandomize=True, deadline=None)
settings.register_profile("search", derandomize=False, deadline=None, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))
