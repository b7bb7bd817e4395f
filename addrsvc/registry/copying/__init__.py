"""For those who keep a copy of the register: all of it at one event number, then what changes."""
