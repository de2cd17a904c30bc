"""One learner: answers, log, mastery, review."""
