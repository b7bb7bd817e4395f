"""Pure: the ten-digit digital address code (mã địa chỉ số); see spec.md."""
