"""`python -m pipeline` is the `pipeline` command."""

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    # `-m` puts the current folder first on the path, where an `html.py` of the user's would be taken for Python's own.
    here = os.getcwd()
    if sys.path[:1] in ([""], [here]) and Path(__file__).parent.parent != Path(here):
        del sys.path[0]

    from pipeline.cli import main

    main()
