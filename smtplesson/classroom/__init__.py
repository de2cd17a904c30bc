"""A class: exercise sets, submissions, marks, and what the class has not understood."""
