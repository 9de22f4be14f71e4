"""Pages of a course: each student's feedback, and what the class as a whole shows its instructor."""
