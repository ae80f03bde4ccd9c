# SPDX-License-Identifier: ISC
"""forge.py OUT command ...: a text that holds the boundary it leads to.

The command packs standard input and prints a message with one boundary, "=_"
and 16 hexadecimal digits.  The boundary is a hash of the text that is linear
over GF(2), so a text can be found whose first two boundaries are the ones that
stand in it: each of 80 letters is tried in both cases, and the equations are
solved.  Writes that text to OUT and prints the two boundaries.
"""
import re
import subprocess
import sys

LETTERS = 80
WANTED = 0x0123456789ABCDEF
SECOND = WANTED ^ 0x9E3779B97F4A7C15


def text(bits):
    letters = "".join("A" if bits >> i & 1 else "a" for i in range(LETTERS))
    return f"--=_{WANTED:016x}\n--=_{SECOND:016x}\n{letters}\n".encode()


def boundary(command, bits):
    out = subprocess.run(command, input=text(bits), stdout=subprocess.PIPE,
                         check=True).stdout
    return int(re.search(rb'boundary="=_([0-9a-f]{16})"', out)[1], 16)


def solve(columns, goal):
    """The set of columns, as bits, that add up to the goal."""
    basis = {}
    for i, column in enumerate(columns):
        used = 1 << i
        while column and column.bit_length() in basis:
            other, with_it = basis[column.bit_length()]
            column, used = column ^ other, used ^ with_it
        if column:
            basis[column.bit_length()] = column, used
    bits = 0
    while goal:
        other, with_it = basis[goal.bit_length()]
        goal, bits = goal ^ other, bits ^ with_it
    return bits


def main():
    out, *command = sys.argv[1:]
    start = boundary(command, 0)
    columns = [boundary(command, 1 << i) ^ start for i in range(LETTERS)]
    bits = solve(columns, start ^ WANTED)
    with open(out, "wb") as file:
        file.write(text(bits))
    print(f"=_{WANTED:016x}\n=_{SECOND:016x}")


main()
