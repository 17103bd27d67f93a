"""`report.html`: one self-contained page that shows what a run removed, found and shared.

gather      in the workers: what the page needs of each document, bounded
sharing     in the driver: what it needs of clusters, pairs and passages, as they are written, bounded
facts       all of that put together: what the page says
pictures, matrix, ring       the same as SVG
sections    the page for a reader without scripts
payload     the page for its script, as JSON
page        both in one file, with its policy
"""
