"""Why a line stands in the clean text or does not: for `pipeline why`."""
