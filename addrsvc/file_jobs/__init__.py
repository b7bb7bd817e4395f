"""Jobs over files of rows: geocode, reverse, validate, convert, check, or bring dossiers in.

A file is cut into parts; workers do parts, each whole, in any order; then the result is written
in the order of the file. Killed anywhere, work goes on at the part under way.
"""
