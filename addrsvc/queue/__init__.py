"""The queue of jobs in PostgreSQL: its schema, and leaving a job in one's own transaction."""
