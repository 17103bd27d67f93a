"""One item on its way through worker processes, and what follows when it ends one of them.

A process may end because of a document, or because somebody else ended it (an administrator, a system short of memory).
So a document is refused only when its process has ended twice on it, the second time with no other worker at work and
all memory for itself; or when it has used up its time on the processor, which nobody else can do.
"""

from __future__ import annotations

import pickle
import signal
from pathlib import Path
from secrets import token_hex
from typing import Generic

from msgspec import Struct, field
from msgspec.structs import replace

from pipeline import bounds
from pipeline.bounds import Culprits, Mark, Problem
from pipeline.corpus.engines.interface import Item
from pipeline.errors import PipelineError

ATTEMPTS = 3
"""How often an item is tried whose process ends when it is on no document."""


class Job(Struct, Generic[Item]):
    """An item, and what earlier attempts at it have shown."""

    number: int
    item: Item
    culprits: Culprits = field(default_factory=Culprits)
    alone: bool = False
    """Do it while no other worker is busy, and let it have all memory."""
    unexplained: int = 0
    """Processes that it ended when they were on no document."""
    file: Path | None = None
    """Where to write down what is known of it, for another attempt after this process has been killed, too"""

    @classmethod
    def restored(cls, number: int, item: Item, file: Path) -> Job[Item]:
        """The job that an earlier attempt has written down in `file`, and what follows from how that ended.

        Raises:
            PipelineError: there is nothing left to try.
        """
        job = cls(number, item, file=file)
        try:
            job.culprits, job.alone, job.unexplained, left = pickle.loads(file.read_bytes())
        except (OSError, EOFError, ValueError, pickle.UnpicklingError):
            return job
        if (mark := bounds.read_mark(left)) is not None:
            job.after(mark, Problem("crashed", "ended the machine or the program that worked on it"))
        return job

    def started(self, mark: Path) -> None:
        """Write down what is known of it, and the file in which its worker says which document it is on."""
        if self.file is not None:
            staged = self.file.with_name(f"{self.file.name}.{token_hex(8)}")
            staged.write_bytes(pickle.dumps((self.culprits, self.alone, self.unexplained, mark)))
            staged.replace(self.file)

    def after(self, mark: Mark | None, problem: Problem) -> None:
        """Draw the conclusion from a process that has ended with `problem` when it was on the documents of `mark`.

        Raises:
            PipelineError: there is nothing left to try.
        """
        if mark is None:
            self.unexplained += 1
            if self.unexplained == ATTEMPTS:
                raise PipelineError(f"a worker process ended again and again ({problem.message}); try fewer --workers")
            self.alone = True
        elif mark.first != mark.last:
            self.culprits = replace(self.culprits, apart=self.culprits.apart | {mark})
        elif self.alone or problem.reason == "cpu-limit":
            refused = {**self.culprits.refused, (mark.stage, mark.first): problem}
            self.culprits = replace(self.culprits, refused=refused)
        else:
            self.alone = True


def problem_of(exit_code: int | None) -> Problem:
    """What the exit code of a process says of why it ended: negative ones are signals."""
    signals = {-getattr(signal, name): name for name in ("SIGPROF", "SIGXCPU", "SIGALRM") if hasattr(signal, name)}
    name = signals.get(exit_code or 0)
    if name in ("SIGPROF", "SIGXCPU"):
        return Problem("cpu-limit", "takes more time on the processor than its limit")
    if name == "SIGALRM":
        return Problem("wall-limit", "takes longer than its limit")
    if exit_code == -signal.SIGTERM or exit_code is None:
        return Problem("crashed", "ended the process that worked on it")
    if exit_code < 0:
        what = signal.strsignal(-exit_code) or f"signal {-exit_code}"
        return Problem("crashed", f"ended the process that worked on it: {what.lower()}")
    return Problem("crashed", f"ended the process that worked on it, with exit code {exit_code}")
