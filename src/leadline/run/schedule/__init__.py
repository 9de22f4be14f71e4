"""Reports at their times: schedule → planned times in ``job_runs`` → a process a run → notices, retention."""
