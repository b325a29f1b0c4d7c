"""What people look at and download: views, pages, PDF, CSV and JSON of published figures."""
