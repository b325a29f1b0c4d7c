"""Reports of many students as one file: at once where they are few, else as a job of a worker."""
