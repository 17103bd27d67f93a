"""What is made of a finished output for other programs: chunks for retrieval, Markdown files, Dolma's and datatrove's layouts,
tables.
"""
