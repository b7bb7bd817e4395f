"""Two addresses for one place: found before a code is given, told of in lists, and put right."""
