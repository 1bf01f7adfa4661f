"""The one place where a test waits: short polls with a deadline."""
import threading
import time

_pause = threading.Event()  # never set: its wait is the poll's interval


def eventually(condition, what="the expected state", seconds=10.0, every=0.02):
    """Calls `condition` until it returns something true, and returns that.

    An AssertionError inside counts as "not yet" and is shown if time runs out.
    """
    deadline = time.monotonic() + seconds
    while True:
        problem = None
        try:
            answer = condition()
            if answer:
                return answer
        except AssertionError as failed:
            problem = failed
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:g} s: {what}" + (f" ({problem})" if problem else ""))
        _pause.wait(every)


def passes(seconds):
    """Lets time go by, where the test is about time itself."""
    _pause.wait(seconds)
