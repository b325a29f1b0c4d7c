"""Charts that say something: title, takeaway, picture, description and the data behind it.

The picture is an SVG made without a browser, the same in page, document and mail. Templates show
what stands here; which figures a report has is theirs to say.
"""
