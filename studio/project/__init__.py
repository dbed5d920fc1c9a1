"""Projects and models on disk: folders of small files that are replaced, never changed."""
