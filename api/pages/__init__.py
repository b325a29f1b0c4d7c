"""What people see in a browser: routes that show the views of `reports` as pages, and their forms.

No figure is made here, and nothing here may do what the API may not: a form ends in the same
functions as the operation of the API beside it. JSON belongs to `api/routes`.
"""
