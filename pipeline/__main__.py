"""`python -m pipeline` is the `pipeline` command."""

import os
import signal
import sys
from pathlib import Path


def main() -> None:
    """Load the command line and run it. Until it is loaded, an interrupt has nothing to say and nothing to leave behind."""
    signal.signal(signal.SIGINT, lambda *_: os._exit(128 + signal.SIGINT))
    from pipeline.cli import main as run

    run()


if __name__ == "__main__":
    # `-m` puts the current folder first on the path, where an `html.py` of the user's would be taken for Python's own.
    here = os.getcwd()
    if sys.path[:1] in ([""], [here]) and Path(__file__).parent.parent != Path(here):
        del sys.path[0]
    main()
