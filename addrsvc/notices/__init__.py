"""Notices of codes and plates: what is printed for an area, and what was done at each address.

Every provincial plan asks for both: to tell owners the code (thông báo mã) and to fix a plate
(gắn biển). What is printed and kept names no person.
"""
