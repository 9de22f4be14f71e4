"""One notebook over many parameters: plan → checked rows → workers → a page that compares."""
