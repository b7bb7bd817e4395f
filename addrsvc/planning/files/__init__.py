"""Files of planning maps: opened with the doors of GDAL shut, checked, never repaired unasked.

Everything that reads what came from outside runs in a capped child process (``child``).
"""
