"""The market game: teams play quarters on one hidden market and are ranked by true long-run profit."""
