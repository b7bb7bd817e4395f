"""Administrative units in time (đơn vị hành chính), thoroughfares and localities."""
