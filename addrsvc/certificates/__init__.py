"""Certificates: what the register says of a public address, signed (giấy xác nhận địa chỉ số).

Anybody may have one, anybody may verify one: its signature without a network, the present state
of the address by its serial.
"""
