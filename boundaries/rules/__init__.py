"""The rules: pure functions over values. No Django, no Celery, no clock, no queries.

`rhythm` and `terms` say what may be agreed, with an order and a meet; `limits` what one person
allows; `windows` when conversations fall; `proposals` where a proposal stands and how it looks to
whom; `situation` is all that the one gate, `gate`, looks at.
"""
