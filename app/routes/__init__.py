"""One file a noun; each opens no files, does no mathematics and only joins a request to what answers it."""
