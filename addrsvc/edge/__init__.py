"""What every request passes on its way in and out: limits, deadline, request id, log, metrics."""
