"""What can be counted about the lines of many documents at once, as whole numbers.

Every feature is an integer or a ratio of integers rounded down, so that the same text gives the same features on
every machine. Nothing here knows a language: characters are told apart by their Unicode class, Han, kana and other
scripts without spaces count by the character, and lengths are in letters (an ideograph weighs three).

A `Batch` holds the lines of any number of documents; all work is vectorised over it, and no document's features
depend on its neighbours in the batch.
"""
