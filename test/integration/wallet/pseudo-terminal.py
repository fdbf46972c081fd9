"""Runs a command at a terminal of its own and plays a person: waits for a text, then types.

Reads {"argv", "environment", "folder", "steps": [[wait_for, type], ...], "seconds"} as JSON from stdin, and prints
{"exit", "stdout", "screen"}: stdin and stderr of the command are the terminal, stdout is a pipe, as in `command > file`.
"screen" is everything that the terminal was sent, without its escape sequences. Python 3 and its own library only.
"""

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]|\r")


def main():
    play = json.load(sys.stdin)
    out_read, out_write = os.pipe()
    pid, terminal = pty.fork()
    if pid == 0:
        os.dup2(out_write, 1)
        os.close(out_read)
        os.chdir(play["folder"])
        os.execve(play["argv"][0], play["argv"], play["environment"])
    os.close(out_write)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
    screen, stdout, seen = b"", b"", 0
    steps = list(play["steps"])
    deadline = time.monotonic() + play["seconds"]
    open_ends = {terminal, out_read}
    while open_ends and time.monotonic() < deadline:
        for end in select.select(list(open_ends), [], [], 0.2)[0]:
            try:
                read = os.read(end, 65536)
            except OSError:  # How Linux says that the other side of a terminal has gone.
                read = b""
            if not read:
                open_ends.discard(end)
            elif end == terminal:
                screen += read
            else:
                stdout += read
        text = ESCAPES.sub("", screen.decode("utf8", "replace"))
        if steps and steps[0][0] in text[seen:]:
            seen = text.index(steps[0][0], seen) + len(steps[0][0])
            os.write(terminal, steps.pop(0)[1].encode())
    if open_ends:
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    json.dump(
        {
            "exit": None if open_ends else os.waitstatus_to_exitcode(status),
            "stdout": stdout.decode("utf8", "replace"),
            "screen": ESCAPES.sub("", screen.decode("utf8", "replace")),
            "untyped": len(steps),
        },
        sys.stdout,
    )


main()
